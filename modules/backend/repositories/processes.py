"""SQL of leases. Only the database's clock judges them: machines do not agree about the time."""

import uuid
from datetime import timedelta

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Process


async def register(
    session: AsyncSession, *, process_id: uuid.UUID, kind: str, build: str, lease: timedelta
) -> None:
    now = func.clock_timestamp()
    await session.execute(
        insert(Process).values(
            id=process_id, kind=kind, build=build, started_at=now, lease_until=now + lease
        )
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


async def forget_dead(session: AsyncSession, older_than: timedelta) -> None:
    """Removes the rows of processes that died long ago."""
    await session.execute(
        delete(Process).where(Process.lease_until < func.clock_timestamp() - older_than)
    )
