"""SQL of leases. Only the database's clock judges them: machines do not agree about the time."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Process, Run


async def register(
    session: AsyncSession, *, process_id: uuid.UUID, kind: str, build: str, lease: timedelta
) -> None:
    """Stores a process with its lease; again, if nobody knows whether it was stored before."""
    now = func.clock_timestamp()
    await session.execute(
        insert(Process)
        .values(id=process_id, kind=kind, build=build, started_at=now, lease_until=now + lease)
        .on_conflict_do_update(index_elements=[Process.id], set_={"lease_until": now + lease})
    )


async def renew(session: AsyncSession, process_id: uuid.UUID, lease: timedelta) -> bool:
    """Prolongs a lease that has not run out. False if it has, or is not there any more."""
    now = func.clock_timestamp()
    renewed = await session.execute(
        update(Process)
        .where(Process.id == process_id, Process.lease_until > now)
        .values(lease_until=now + lease)
        .returning(Process.id)
    )
    return renewed.scalar_one_or_none() is not None


async def release(session: AsyncSession, process_id: uuid.UUID) -> None:
    await session.execute(delete(Process).where(Process.id == process_id))


async def dead(session: AsyncSession, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the processes that let their lease run out; who gave it back has no row."""
    statement = select(Process.id).where(
        Process.id.in_(ids), Process.lease_until <= func.clock_timestamp()
    )
    return set((await session.execute(statement)).scalars())


async def forget_dead(session: AsyncSession, older_than: timedelta) -> None:
    """Removes the rows of processes that died long ago and left nothing behind."""
    owns = select(Run.id).where(Run.owner_id == Process.id, Run.status == "running").exists()
    await session.execute(
        delete(Process).where(Process.lease_until < func.clock_timestamp() - older_than, ~owns)
    )
