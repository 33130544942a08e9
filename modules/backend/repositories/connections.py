"""SQL of people's connections to SailPoint. Every step names the version that it is about.

A version is never used again for a person: connecting anew goes on counting.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Connection


async def get(session: AsyncSession, person_id: uuid.UUID) -> Connection | None:
    statement = select(Connection).where(Connection.person_id == person_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def put(session: AsyncSession, person_id: uuid.UUID, **values: Any) -> None:
    """Stores a connection, in the place of an earlier one."""
    statement = insert(Connection).values(person_id=person_id, **values)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Connection.person_id],
            set_={name: statement.excluded[name] for name in values} | {"refreshing_until": None},
        )
    )


async def claim(
    session: AsyncSession, person_id: uuid.UUID, version: int, now: datetime, until: datetime
) -> bytes | None:
    """What is sealed under that version, for whoever may refresh it until then; else None."""
    statement = (
        update(Connection)
        .where(
            Connection.person_id == person_id,
            Connection.version == version,
            or_(Connection.refreshing_until.is_(None), Connection.refreshing_until <= now),
        )
        .values(refreshing_until=until)
        .returning(Connection.sealed)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def step(session: AsyncSession, person_id: uuid.UUID, seen: int, **values: Any) -> bool:
    """Changes the connection if it still has that version."""
    statement = (
        update(Connection)
        .where(Connection.person_id == person_id, Connection.version == seen)
        .values(**values)
        .returning(Connection.version)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def remove(
    session: AsyncSession, person_id: uuid.UUID, version: int | None = None
) -> bytes | None:
    """Removes the connection, or that version of it. Returns what was sealed, None if none was."""
    statement = delete(Connection).where(Connection.person_id == person_id)
    if version is not None:
        statement = statement.where(Connection.version == version)
    return (await session.execute(statement.returning(Connection.sealed))).scalar_one_or_none()
