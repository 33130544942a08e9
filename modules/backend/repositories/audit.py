"""SQL of the audit. Nothing here changes a record."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import AuditCheckpoint, AuditLink, AuditPending, AuditRecord

CHAIN_LOCK = 7_145_909
"""Who holds it adds to the chain. Any number serves, as long as it stays the same."""

Linked = tuple[AuditRecord | None, AuditLink]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records; None leaves a column open."""

    kind: str | None = None
    actor_id: uuid.UUID | None = None
    conversation_id: uuid.UUID | None = None
    run_id: uuid.UUID | None = None
    proposal_id: uuid.UUID | None = None
    first: datetime | None = None
    last: datetime | None = None


async def add(session: AsyncSession, **values: Any) -> None:
    """A record, which waits for its place in the chain."""
    added = insert(AuditRecord).values(**values).returning(AuditRecord.id).cte("added")
    await session.execute(insert(AuditPending).from_select(["record_id"], select(added.c.id)))


async def lock_chain(session: AsyncSession) -> bool:
    """Whether this transaction is the one that adds to the chain now."""
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(CHAIN_LOCK))))


async def last_link(session: AsyncSession) -> AuditLink | None:
    return await session.scalar(select(AuditLink).order_by(AuditLink.position.desc()).limit(1))


async def checkpoint(session: AsyncSession) -> AuditCheckpoint | None:
    """Where the chain begins, if its beginning was removed."""
    statement = select(AuditCheckpoint).order_by(AuditCheckpoint.position.desc()).limit(1)
    return await session.scalar(statement)


async def pending(session: AsyncSession, limit: int) -> Sequence[AuditRecord]:
    """Records without a place, oldest first."""
    statement = (
        select(AuditRecord)
        .join(AuditPending, AuditPending.record_id == AuditRecord.id)
        .order_by(AuditRecord.at, AuditRecord.id)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def link(session: AsyncSession, links: Sequence[AuditLink]) -> None:
    """Gives records their place."""
    session.add_all(links)
    await session.flush()
    placed = [link.record_id for link in links]
    await session.execute(delete(AuditPending).where(AuditPending.record_id.in_(placed)))


async def chain(session: AsyncSession, after: int, limit: int) -> list[Linked]:
    """Links after a position with their records, in order."""
    statement = (
        select(AuditRecord, AuditLink)
        .select_from(AuditLink)
        .outerjoin(AuditRecord, AuditRecord.id == AuditLink.record_id)
        .where(AuditLink.position > after)
        .order_by(AuditLink.position)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def link_at(session: AsyncSession, position: int) -> AuditLink | None:
    return await session.scalar(select(AuditLink).where(AuditLink.position == position))


async def unlinked(session: AsyncSession, before: datetime, limit: int) -> Sequence[AuditRecord]:
    """Records from before the time that have no place in the chain."""
    has_place = select(AuditLink.position).where(AuditLink.record_id == AuditRecord.id).exists()
    statement = (
        select(AuditRecord)
        .where(AuditRecord.at < before, ~has_place)
        .order_by(AuditRecord.at, AuditRecord.id)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def count_pending(session: AsyncSession) -> int:
    return (await session.execute(select(func.count()).select_from(AuditPending))).scalar_one()


async def page(
    session: AsyncSession,
    where: Filter,
    *,
    before: tuple[datetime, uuid.UUID] | None,
    limit: int,
) -> list[tuple[AuditRecord, AuditLink | None]]:
    """Records and their links, newest first, those before the given place."""
    statement = select(AuditRecord, AuditLink).outerjoin(
        AuditLink, AuditLink.record_id == AuditRecord.id
    )
    for name in ("kind", "actor_id", "conversation_id", "run_id", "proposal_id"):
        value = getattr(where, name)
        if value is not None:
            statement = statement.where(getattr(AuditRecord, name) == value)
    if where.first is not None:
        statement = statement.where(AuditRecord.at >= where.first)
    if where.last is not None:
        statement = statement.where(AuditRecord.at < where.last)
    if before is not None:
        statement = statement.where(tuple_(AuditRecord.at, AuditRecord.id) < tuple_(*before))
    statement = statement.order_by(AuditRecord.at.desc(), AuditRecord.id.desc()).limit(limit)
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def of_kind(session: AsyncSession, kind: str, limit: int) -> Sequence[AuditRecord]:
    """The newest of a kind."""
    statement = (
        select(AuditRecord)
        .where(AuditRecord.kind == kind)
        .order_by(AuditRecord.at.desc(), AuditRecord.id)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def prune(session: AsyncSession, before: datetime) -> AuditCheckpoint | None:
    """Removes what is wholly older, behind a checkpoint. None if nothing is."""
    made = func.audit_prune(before).table_valued(*AuditCheckpoint.__table__.columns)
    row = (await session.execute(select(made))).one_or_none()
    return None if row is None else AuditCheckpoint(**row._mapping)
