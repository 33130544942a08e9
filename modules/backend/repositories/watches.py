"""SQL of watches: who is here, what they saw last, and when to look again."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Watch


async def present(
    session: AsyncSession, person_id: uuid.UUID, *, until: datetime, look_at: datetime
) -> None:
    """The person is here: they are watched, and looked at no later than said."""
    statement = insert(Watch).values(
        person_id=person_id, present_until=until, look_at=look_at, looks=0
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Watch.person_id],
            set_={
                "present_until": func.greatest(
                    Watch.present_until, statement.excluded.present_until
                ),
                "look_at": func.least(Watch.look_at, statement.excluded.look_at),
                "looks": 0,
            },
        )
    )


async def saw(session: AsyncSession, person_id: uuid.UUID, **seen: dict[str, Any]) -> None:
    """What the person was shown just now: they need not be told of it."""
    await session.execute(update(Watch).where(Watch.person_id == person_id).values(**seen))


async def take(
    session: AsyncSession, now: datetime, until: datetime, limit: int
) -> Sequence[Watch]:
    """Takes those that are due, the longest due first; nobody else takes them before `until`."""
    due = (
        select(Watch.person_id)
        .where(Watch.look_at <= now, Watch.present_until > now)
        .order_by(Watch.look_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(Watch)
        .where(Watch.person_id.in_(due))
        .values(look_at=until)
        .returning(Watch)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(statement)).scalars().all()


async def looked(
    session: AsyncSession,
    person_id: uuid.UUID,
    taken: datetime,
    look_at: datetime,
    **values: Any,
) -> None:
    """Ends a look. Whoever has come back meanwhile is due as they said."""
    is_unchanged = Watch.look_at == taken
    await session.execute(
        update(Watch)
        .where(Watch.person_id == person_id)
        .values(look_at=case((is_unchanged, look_at), else_=Watch.look_at), **values)
    )


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drops those who have been gone since then."""
    await session.execute(delete(Watch).where(Watch.present_until < before))
