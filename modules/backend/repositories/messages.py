"""SQL of messages."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Conversation, Message


async def of_conversation(
    session: AsyncSession, person_id: uuid.UUID, conversation_id: uuid.UUID
) -> Sequence[Message] | None:
    """Oldest first, without what was withdrawn. None if the conversation is not this person's."""
    statement = (
        select(Conversation.id, Message)
        .outerjoin(
            Message,
            (Message.conversation_id == Conversation.id) & Message.withdrawn_at.is_(None),
        )
        .where(Conversation.id == conversation_id, Conversation.person_id == person_id)
        .order_by(Message.position)
    )
    rows = (await session.execute(statement)).all()
    # A conversation without messages is one row of the outer join, without a message.
    found: list[Message | None] = [message for _, message in rows]
    return [m for m in found if m is not None] if rows else None


async def latest(
    session: AsyncSession, conversation_id: uuid.UUID, *, upto: str, limit: int
) -> list[Message]:
    """The last messages up to and with the one of id `upto`, oldest first."""
    until = (
        select(Message.position)
        .where(Message.conversation_id == conversation_id, Message.id == upto)
        .scalar_subquery()
    )
    statement = (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.withdrawn_at.is_(None),
            Message.position <= until,
        )
        .order_by(Message.position.desc())
        .limit(limit)
    )
    return list(reversed((await session.execute(statement)).scalars().all()))


async def get(session: AsyncSession, conversation_id: uuid.UUID, message_id: str) -> Message | None:
    """A message that is part of the conversation."""
    statement = select(Message).where(
        Message.conversation_id == conversation_id,
        Message.id == message_id,
        Message.withdrawn_at.is_(None),
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def question_before(
    session: AsyncSession, conversation_id: uuid.UUID, position: int
) -> Message | None:
    """The last question that stands before the position."""
    statement = (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.withdrawn_at.is_(None),
            Message.role == "user",
            Message.position < position,
        )
        .order_by(Message.position.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def withdraw_from(
    session: AsyncSession, conversation_id: uuid.UUID, position: int, now: datetime
) -> None:
    """Takes the message at the position and all that follow it out of the conversation."""
    await session.execute(
        update(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.position >= position,
            Message.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )


async def add(session: AsyncSession, **values: Any) -> bool:
    """Stores a message. False if its id is taken in the conversation."""
    added = await session.execute(
        insert(Message)
        .values(**values)
        .on_conflict_do_nothing(index_elements=[Message.conversation_id, Message.id])
        .returning(Message.id)
    )
    return added.scalar_one_or_none() is not None


async def first_exchange(session: AsyncSession, conversation_id: uuid.UUID) -> list[Message]:
    """The first two messages."""
    statement = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.withdrawn_at.is_(None))
        .order_by(Message.position)
        .limit(2)
    )
    return list((await session.execute(statement)).scalars().all())
