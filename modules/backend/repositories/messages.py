"""SQL of messages."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, ScalarSelect, Select, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Conversation, Feedback, Message

SizedRow = Row[Any]
"""position, role, size (bytes of the text), and content, None where it was not asked for"""
ToldRow = tuple[Message, Feedback | None]
"""A message, and what its reader said of it."""
TurnRow = Row[Any]
"""position, role, created_at, run_id, content (its beginning), None past the bound"""
ANSWERS_WITH_RECORDS = 20
"""How many answers back a record may have been shown that is named again."""


async def of_conversation(
    session: AsyncSession, person_id: uuid.UUID, conversation_id: uuid.UUID
) -> list[ToldRow] | None:
    """Oldest first, without what was withdrawn. None if the conversation is not this person's."""
    statement = (
        select(Message, Feedback)
        .select_from(Conversation)
        .outerjoin(
            Message,
            (Message.conversation_id == Conversation.id) & Message.withdrawn_at.is_(None),
        )
        .outerjoin(
            Feedback,
            (Feedback.conversation_id == Message.conversation_id)
            & (Feedback.message_id == Message.id),
        )
        .where(Conversation.id == conversation_id, Conversation.person_id == person_id)
        .order_by(Message.position)
    )
    rows = (await session.execute(statement)).all()
    # A conversation without messages is one row of the outer join, without a message.
    found: list[tuple[Message | None, Feedback | None]] = [(row[0], row[1]) for row in rows]
    return [(message, given) for message, given in found if message is not None] if rows else None


async def latest(
    session: AsyncSession, conversation_id: uuid.UUID, *, upto: str, limit: int
) -> list[Message]:
    """The last messages up to and with the one of id `upto`, oldest first."""
    statement = (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.withdrawn_at.is_(None),
            Message.position <= position_of(conversation_id, upto),
        )
        .order_by(Message.position.desc())
        .limit(limit)
    )
    return list(reversed((await session.execute(statement)).scalars().all()))


def position_of(conversation_id: uuid.UUID, message_id: str) -> ScalarSelect[int]:
    """The place of a message, as a part of other statements."""
    return (
        select(Message.position)
        .where(Message.conversation_id == conversation_id, Message.id == message_id)
        .scalar_subquery()
    )


async def newest(
    session: AsyncSession,
    conversation_id: uuid.UUID,
    *,
    after: int,
    upto: str,
    limit: int,
    max_bytes: int,
) -> Sequence[SizedRow]:
    """The last messages with text, from after a position up to and with the one of id `upto`.

    Oldest first. Those whose texts come to more than `max_bytes` with all that follow are there
    without them; the last one has its text in any case.
    """
    until = position_of(conversation_id, upto)
    found = (
        _with_text(conversation_id)
        .where(Message.position > after, Message.position <= until)
        .order_by(Message.position.desc())
        .limit(limit)
        .subquery()
    )
    total = func.sum(found.c.size).over(order_by=found.c.position.desc())
    fits = (total <= max_bytes) | (found.c.position == until)
    statement = select(
        found.c.position,
        found.c.role,
        found.c.size,
        case((fits, found.c.content)).label("content"),
    ).order_by(found.c.position)
    return cast("Sequence[SizedRow]", (await session.execute(statement)).all())


async def sizes(
    session: AsyncSession, conversation_id: uuid.UUID, *, after: int, limit: int
) -> Sequence[SizedRow]:
    """The last messages with text after a position, oldest first and without their texts."""
    found = (
        _with_text(conversation_id)
        .where(Message.position > after)
        .order_by(Message.position.desc())
        .limit(limit)
        .subquery()
    )
    statement = select(found.c.position, found.c.role, found.c.size).order_by(found.c.position)
    return cast("Sequence[SizedRow]", (await session.execute(statement)).all())


async def oldest(
    session: AsyncSession,
    conversation_id: uuid.UUID,
    *,
    after: int,
    before: int,
    limit: int,
    max_characters: int,
    max_bytes: int,
) -> Sequence[TurnRow]:
    """The first messages with text between two positions, oldest first.

    Each text is cut at `max_characters`; together they come to no more than `max_bytes` where a
    character is a byte, and those past that are there without them.
    """
    found = (
        _with_text(conversation_id)
        .add_columns(Message.created_at, Message.run_id)
        .where(Message.position > after, Message.position < before)
        .order_by(Message.position)
        .limit(limit)
        .subquery()
    )
    shown = func.least(found.c.size, max_characters)
    total = func.sum(shown).over(order_by=found.c.position)
    beginning = func.left(found.c.content, max_characters)
    statement = select(
        found.c.position,
        found.c.role,
        found.c.created_at,
        found.c.run_id,
        case((total <= max_bytes, beginning)).label("content"),
    ).order_by(found.c.position)
    return cast("Sequence[TurnRow]", (await session.execute(statement)).all())


def _with_text(conversation_id: uuid.UUID) -> Select[Any]:
    # PostgreSQL knows the length of a text without reading it, however long it is.
    size = func.octet_length(Message.content).label("size")
    return select(Message.position, Message.role, Message.content, size).where(
        Message.conversation_id == conversation_id,
        Message.withdrawn_at.is_(None),
        Message.content != "",
    )


async def get(session: AsyncSession, conversation_id: uuid.UUID, message_id: str) -> Message | None:
    """A message that is part of the conversation."""
    statement = select(Message).where(
        Message.conversation_id == conversation_id,
        Message.id == message_id,
        Message.withdrawn_at.is_(None),
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def last(session: AsyncSession, conversation_id: uuid.UUID) -> Message | None:
    """The newest message of the conversation."""
    statement = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.withdrawn_at.is_(None))
        .order_by(Message.position.desc())
        .limit(1)
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


async def records(session: AsyncSession, conversation_id: uuid.UUID) -> Mapping[str, str]:
    """The records that the latest answers showed, by `type:id`, with the names they had."""
    statement = (
        select(Message.steps)
        .where(
            Message.conversation_id == conversation_id,
            Message.withdrawn_at.is_(None),
            Message.steps.is_not(None),
        )
        .order_by(Message.position.desc())
        .limit(ANSWERS_WITH_RECORDS)
    )
    answers = (await session.execute(statement)).scalars().all()
    return {
        record: label
        for steps in reversed(answers)
        for step in steps or ()
        for record, label in step["records"].items()
    }


async def first_exchange(session: AsyncSession, conversation_id: uuid.UUID) -> list[Message]:
    """The first two messages."""
    statement = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.withdrawn_at.is_(None))
        .order_by(Message.position)
        .limit(2)
    )
    return list((await session.execute(statement)).scalars().all())
