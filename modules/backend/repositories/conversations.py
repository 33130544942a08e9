"""SQL of conversations. Every statement names the person: nobody reaches another one's."""

import uuid
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, delete, exists, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Conversation, Message, Run

ConversationRow = Row[Any]
"""id, title, created_at, updated_at, active_run_id"""
PositionRow = Row[Any]
"""position, title"""

_active_run = (
    select(Run.id)
    .where(Run.conversation_id == Conversation.id, Run.status == "running")
    .scalar_subquery()
    .label("active_run_id")
)
_row = select(
    Conversation.id,
    Conversation.title,
    Conversation.created_at,
    Conversation.updated_at,
    _active_run,
)


async def page(
    session: AsyncSession,
    person_id: uuid.UUID,
    *,
    search: str | None,
    before: tuple[datetime, uuid.UUID] | None,
    limit: int,
) -> list[ConversationRow]:
    """Newest first, those that changed before the given point."""
    statement = _row.where(Conversation.person_id == person_id)
    if before is not None:
        statement = statement.where(
            tuple_(Conversation.updated_at, Conversation.id) < tuple_(*before)
        )
    if search:
        statement = statement.where(_mentions(search))
    statement = statement.order_by(Conversation.updated_at.desc(), Conversation.id.desc())
    found = await session.execute(statement.limit(limit))
    return cast("list[ConversationRow]", found.all())


def _mentions(search: str):  # type: ignore[no-untyped-def]  # SQLAlchemy's own type is private
    said = exists().where(
        Message.conversation_id == Conversation.id,
        Message.withdrawn_at.is_(None),
        Message.content.icontains(search, autoescape=True),
    )
    return or_(Conversation.title.icontains(search, autoescape=True), said)


async def get(
    session: AsyncSession, person_id: uuid.UUID, conversation_id: uuid.UUID
) -> ConversationRow | None:
    statement = _row.where(Conversation.id == conversation_id, Conversation.person_id == person_id)
    found = await session.execute(statement)
    return cast("ConversationRow | None", found.one_or_none())


async def take_position(
    session: AsyncSession, conversation_id: uuid.UUID, person_id: uuid.UUID, now: datetime
) -> PositionRow | None:
    """Takes the place of the next message; the conversation stays locked to the transaction's end.

    It is made on first use. None if it belongs to somebody else.
    """
    taken = await _take(session, conversation_id, person_id, now)
    if taken is None:
        await session.execute(
            insert(Conversation)
            .values(id=conversation_id, person_id=person_id, created_at=now, updated_at=now)
            .on_conflict_do_nothing()
        )
        taken = await _take(session, conversation_id, person_id, now)
    return taken


async def _take(
    session: AsyncSession, conversation_id: uuid.UUID, person_id: uuid.UUID, now: datetime
) -> PositionRow | None:
    taken = await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.person_id == person_id)
        .values(next_position=Conversation.next_position + 1, updated_at=now)
        .returning((Conversation.next_position - 1).label("position"), Conversation.title)
    )
    return cast("PositionRow | None", taken.one_or_none())


async def rename(
    session: AsyncSession, person_id: uuid.UUID, conversation_id: uuid.UUID, title: str
) -> bool:
    renamed = await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.person_id == person_id)
        .values(title=title)
        .returning(Conversation.id)
    )
    return renamed.scalar_one_or_none() is not None


async def remove(session: AsyncSession, person_id: uuid.UUID, conversation_id: uuid.UUID) -> bool:
    """Deletes the conversation with its messages and runs; the ledger of model calls stays."""
    removed = await session.execute(
        delete(Conversation)
        .where(Conversation.id == conversation_id, Conversation.person_id == person_id)
        .returning(Conversation.id)
    )
    return removed.scalar_one_or_none() is not None


async def give_title(
    session: AsyncSession, conversation_id: uuid.UUID, title: str
) -> uuid.UUID | None:
    """Sets the title if there is none yet. Returns the owner if it did."""
    titled = await session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.title.is_(None))
        .values(title=title)
        .returning(Conversation.person_id)
    )
    return titled.scalar_one_or_none()


async def untitled(session: AsyncSession, conversation_id: uuid.UUID) -> uuid.UUID | None:
    """The owner of the conversation, if it still has no title."""
    statement = select(Conversation.person_id).where(
        Conversation.id == conversation_id, Conversation.title.is_(None)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def owner(session: AsyncSession, conversation_id: uuid.UUID) -> uuid.UUID | None:
    """Whose the conversation is, None if it is gone."""
    statement = select(Conversation.person_id).where(Conversation.id == conversation_id)
    return (await session.execute(statement)).scalar_one_or_none()
