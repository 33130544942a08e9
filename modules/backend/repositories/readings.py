"""SQL of what the small model has read, and of what it is asked to read."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Reading, ReadingWish


async def texts(session: AsyncSession, hashes: Collection[str]) -> Mapping[str, str]:
    """What was made of the content of these hashes, as far as it was read."""
    statement = select(Reading.hash, Reading.text).where(Reading.hash.in_(hashes))
    return {row.hash: row.text for row in await session.execute(statement)}


async def keep(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Stores readings; of two of one content the first stays."""
    if rows:
        await session.execute(insert(Reading).values(rows).on_conflict_do_nothing())


async def wish(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Asks for readings. False if all of it was asked for before, and no later."""
    statement = insert(ReadingWish).values(rows)
    added = await session.execute(
        statement.on_conflict_do_update(
            index_elements=[ReadingWish.person_id, ReadingWish.hash, ReadingWish.subject],
            set_={"rank": statement.excluded.rank},
            where=ReadingWish.rank > statement.excluded.rank,
        ).returning(ReadingWish.hash)
    )
    return bool(added.scalars().all())


async def take(
    session: AsyncSession, person_id: uuid.UUID, now: datetime, until: datetime, limit: int
) -> Sequence[ReadingWish]:
    """Takes the person's first wishes of one kind that nobody holds, what is on screen first."""
    is_free = or_(ReadingWish.taken_until.is_(None), ReadingWish.taken_until <= now)
    free = (
        select(ReadingWish)
        .where(ReadingWish.person_id == person_id, is_free)
        .order_by(ReadingWish.rank, ReadingWish.wished_at, ReadingWish.hash)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = (await session.execute(free)).scalars().all()
    taken = [row for row in found if row.kind == found[0].kind]
    await _update(session, taken, taken_until=until)
    return taken


async def release(session: AsyncSession, rows: Sequence[ReadingWish], *, tried: bool) -> None:
    """Gives wishes back. `tried`: the model was asked and said nothing of them."""
    await _update(
        session, rows, taken_until=None, attempts=ReadingWish.attempts + (1 if tried else 0)
    )


async def fulfilled(session: AsyncSession, person_id: uuid.UUID, hashes: Collection[str]) -> None:
    """Drops the person's wishes for content that was read."""
    await session.execute(
        delete(ReadingWish).where(ReadingWish.person_id == person_id, ReadingWish.hash.in_(hashes))
    )


async def give_up(session: AsyncSession, *, before: datetime, attempts: int) -> None:
    """Drops wishes that are older, or were tried so often."""
    await session.execute(
        delete(ReadingWish).where(
            or_(ReadingWish.wished_at < before, ReadingWish.attempts >= attempts)
        )
    )


async def people_waiting(
    session: AsyncSession, *, before: datetime, limit: int
) -> Sequence[uuid.UUID]:
    """Whose wishes are that old and held by nobody."""
    statement = (
        select(ReadingWish.person_id)
        .where(
            ReadingWish.wished_at < before,
            or_(ReadingWish.taken_until.is_(None), ReadingWish.taken_until < before),
        )
        .distinct()
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def _update(session: AsyncSession, rows: Sequence[ReadingWish], **values: Any) -> None:
    if not rows:
        return
    await session.execute(
        update(ReadingWish)
        .where(
            ReadingWish.person_id == rows[0].person_id,
            ReadingWish.hash.in_([row.hash for row in rows]),
        )
        .values(**values)
    )
