"""SQL of feedback. One person's is reached through their conversations alone."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Date, Row, delete, func, select, tuple_
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Conversation, Feedback, Message

AnswerRow = Row[Any]
"""conversation_id, run_id"""
EntryRow = Row[Any]
"""id, conversation_id, message_id, person_id, rating, comment, provider, model, given_at"""
DayRow = Row[Any]
"""day, up, down"""


@dataclass(frozen=True, slots=True)
class Range:
    """When it was given; both moments are included."""

    first: datetime
    last: datetime


async def lock_answer(
    session: AsyncSession, person_id: uuid.UUID, message_id: str
) -> AnswerRow | None:
    """An answer of a conversation of the person's, locked to the transaction's end.

    None if there is none of this id, or it is no part of the conversation any more.
    """
    # An id is unique in its conversation alone, so it is looked up in each of the person's.
    statement = (
        select(Message.conversation_id, Message.run_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.person_id == person_id,
            Message.id == message_id,
            Message.role == "assistant",
            Message.withdrawn_at.is_(None),
        )
        .with_for_update(of=Message, key_share=True)
    )
    return cast("AnswerRow | None", (await session.execute(statement)).one_or_none())


async def of_answer(
    session: AsyncSession, conversation_id: uuid.UUID, message_id: str
) -> Feedback | None:
    statement = select(Feedback).where(
        Feedback.conversation_id == conversation_id, Feedback.message_id == message_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def put(session: AsyncSession, **values: Any) -> None:
    """Stores what is said of an answer, in the place of what was said before."""
    added = insert(Feedback).values(**values)
    await session.execute(
        added.on_conflict_do_update(
            index_elements=[Feedback.conversation_id, Feedback.message_id],
            set_={name: added.excluded[name] for name in values},
        )
    )


async def remove(session: AsyncSession, conversation_id: uuid.UUID, message_id: str) -> None:
    await session.execute(
        delete(Feedback).where(
            Feedback.conversation_id == conversation_id, Feedback.message_id == message_id
        )
    )


async def page(
    session: AsyncSession,
    span: Range,
    *,
    rating: str | None,
    before: tuple[datetime, uuid.UUID] | None,
    limit: int,
) -> list[EntryRow]:
    """Everybody's, newest first, what was given before the given place."""
    statement = (
        select(
            Feedback.id,
            Feedback.conversation_id,
            Feedback.message_id,
            Conversation.person_id,
            Feedback.rating,
            Feedback.comment,
            Feedback.provider,
            Feedback.model,
            Feedback.given_at,
        )
        .join(Conversation, Conversation.id == Feedback.conversation_id)
        .where(Feedback.given_at.between(span.first, span.last))
    )
    if rating is not None:
        statement = statement.where(Feedback.rating == rating)
    if before is not None:
        statement = statement.where(tuple_(Feedback.given_at, Feedback.id) < tuple_(*before))
    statement = statement.order_by(Feedback.given_at.desc(), Feedback.id.desc()).limit(limit)
    return cast("list[EntryRow]", (await session.execute(statement)).all())


async def days(session: AsyncSession, span: Range) -> list[DayRow]:
    """How much of each was given on which days (UTC), latest first."""
    day = sql_cast(func.timezone("UTC", Feedback.given_at), Date).label("day")
    statement = (
        select(
            day,
            func.count().filter(Feedback.rating == "up").label("up"),
            func.count().filter(Feedback.rating == "down").label("down"),
        )
        .where(Feedback.given_at.between(span.first, span.last))
        .group_by(day)
        .order_by(day.desc())
    )
    return cast("list[DayRow]", (await session.execute(statement)).all())


async def of_person_after(
    session: AsyncSession, person_id: uuid.UUID, after: uuid.UUID | None, limit: int
) -> Sequence[Feedback]:
    """What the person said of any answer, in the order of the ids."""
    statement = (
        select(Feedback)
        .join(Conversation, Conversation.id == Feedback.conversation_id)
        .where(Conversation.person_id == person_id)
    )
    if after is not None:
        statement = statement.where(Feedback.id > after)
    return (await session.execute(statement.order_by(Feedback.id).limit(limit))).scalars().all()
