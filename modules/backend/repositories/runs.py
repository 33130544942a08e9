"""SQL of runs. Whoever writes to a run names the fence it holds."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Process, Run


async def get(session: AsyncSession, run_id: uuid.UUID) -> Run | None:
    return (await session.execute(select(Run).where(Run.id == run_id))).scalar_one_or_none()


async def add(session: AsyncSession, **values: Any) -> bool:
    """Stores a run. False if its id is taken or its conversation has an active one."""
    added = await session.execute(
        insert(Run).values(**values).on_conflict_do_nothing().returning(Run.id)
    )
    return added.scalar_one_or_none() is not None


async def request_cancel(
    session: AsyncSession, run_id: uuid.UUID, now: datetime
) -> uuid.UUID | None:
    """Marks an active run as to be cancelled. Returns its owner, None if the run has ended."""
    marked = await session.execute(
        update(Run)
        .where(Run.id == run_id, Run.status == "running")
        .values(cancel_requested_at=now)
        .returning(Run.owner_id)
    )
    return marked.scalar_one_or_none()


async def lock_active(session: AsyncSession, run_id: uuid.UUID, fence: int) -> Run | None:
    """The run, locked, if it is active and the fence is still the one held."""
    statement = (
        select(Run)
        .where(Run.id == run_id, Run.fence == fence, Run.status == "running")
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def close(
    session: AsyncSession,
    run_id: uuid.UUID,
    *,
    status: str,
    terminal: dict[str, Any],
    now: datetime,
) -> None:
    """Ends a run that the transaction has locked."""
    await session.execute(
        update(Run).where(Run.id == run_id).values(status=status, terminal=terminal, ended_at=now)
    )


async def to_cancel(session: AsyncSession, owner_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The active runs of a process that somebody asked to stop."""
    statement = select(Run.id).where(
        Run.owner_id == owner_id, Run.status == "running", Run.cancel_requested_at.is_not(None)
    )
    return (await session.execute(statement)).scalars().all()


async def orphans(session: AsyncSession, known_formats: Sequence[int], limit: int) -> Sequence[Run]:
    """Active runs whose owner's lease has run out, locked; what others lock is passed over."""
    alive = select(Process.id).where(
        Process.id == Run.owner_id, Process.lease_until > func.clock_timestamp()
    )
    statement = (
        select(Run)
        .where(Run.status == "running", Run.format.in_(known_formats), ~alive.exists())
        .order_by(Run.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalars().all()


async def claim(session: AsyncSession, run: Run, *, owner_id: uuid.UUID, answer_id: str) -> None:
    """Makes a locked run somebody else's: the next generation, with an answer of its own."""
    await session.execute(
        update(Run)
        .where(Run.id == run.id)
        .values(
            owner_id=owner_id, answer_id=answer_id, fence=Run.fence + 1, attempts=Run.attempts + 1
        )
    )
