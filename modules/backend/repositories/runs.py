"""SQL of runs. Whoever writes to a run names the fence it holds."""

import uuid
from collections.abc import Collection, Sequence
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


async def count_active(session: AsyncSession, person_id: uuid.UUID) -> int:
    """How many answers are being written for the person, with what this transaction added.

    Until it ends nobody else counts for the same person.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(str(person_id)))))
    counted = select(func.count()).where(Run.person_id == person_id, Run.status == "running")
    return (await session.execute(counted)).scalar_one()


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


async def owned(session: AsyncSession, owner_id: uuid.UUID) -> dict[uuid.UUID, bool]:
    """The active runs of a process; true for those that somebody asked to stop."""
    statement = select(Run.id, Run.cancel_requested_at.is_not(None)).where(
        Run.owner_id == owner_id, Run.status == "running"
    )
    found = await session.execute(statement)
    return {row[0]: row[1] for row in found}


_lives = (
    select(Process.id)
    .where(Process.id == Run.owner_id, Process.lease_until > func.clock_timestamp())
    .exists()
)


async def orphans(
    session: AsyncSession, known_formats: Sequence[int], limit: int
) -> Sequence[uuid.UUID]:
    """Active runs whose owner's lease has run out or was given back, oldest first."""
    statement = (
        select(Run.id)
        .where(Run.status == "running", Run.format.in_(known_formats), ~_lives)
        .order_by(Run.created_at)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def lock_claimable(
    session: AsyncSession, ids: Collection[uuid.UUID], owner_id: uuid.UUID
) -> Sequence[Run]:
    """Those of the runs that are active and have no living owner but this one, locked.

    What others lock is passed over: they are claiming it.
    """
    statement = (
        select(Run)
        .where(Run.id.in_(ids), Run.status == "running", ~_lives | (Run.owner_id == owner_id))
        .order_by(Run.created_at)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalars().all()


async def claim(
    session: AsyncSession, run: Run, *, owner_id: uuid.UUID, answer_id: str, attempts: int
) -> None:
    """Makes a locked run somebody else's: the next generation, with an answer of its own."""
    await session.execute(
        update(Run)
        .where(Run.id == run.id)
        .values(owner_id=owner_id, answer_id=answer_id, fence=Run.fence + 1, attempts=attempts)
    )


async def raise_fence(
    session: AsyncSession, run_id: uuid.UUID, owner_id: uuid.UUID, fence: int
) -> bool:
    """Lets the owner go on as the generation after `fence`. False if the run is not its own.

    Done again after a commit whose outcome is unclear, it does no more.
    """
    raised = await session.execute(
        update(Run)
        .where(
            Run.id == run_id,
            Run.owner_id == owner_id,
            Run.status == "running",
            Run.fence.in_((fence, fence + 1)),
        )
        .values(fence=fence + 1)
        .returning(Run.id)
    )
    return raised.scalar_one_or_none() is not None


async def hold(session: AsyncSession, run_id: uuid.UUID, fence: int) -> bool:
    """Whether the run is active and the fence is still the one held; it stays so to the end of
    the transaction."""
    statement = (
        select(Run.id)
        .where(Run.id == run_id, Run.fence == fence, Run.status == "running")
        .with_for_update(read=True)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None
