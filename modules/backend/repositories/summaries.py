"""SQL of summaries. One that covers a withdrawn message is never found and makes way for others."""

import uuid
from typing import Any

from sqlalchemy import delete, exists, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Conversation, Message, Summary
from modules.backend.repositories.messages import position_of

_stands = exists().where(
    Message.conversation_id == Summary.conversation_id,
    Message.position == Summary.upto_position,
    Message.withdrawn_at.is_(None),
)


async def latest(
    session: AsyncSession, conversation_id: uuid.UUID, *, format: int, before: str | None = None
) -> Summary | None:
    """The newest summary; with `before`, the newest that ends before the message of that id."""
    statement = select(Summary).where(
        Summary.conversation_id == conversation_id, Summary.format == format, _stands
    )
    if before is not None:
        statement = statement.where(Summary.upto_position < position_of(conversation_id, before))
    # Along the key: each goes on from another, so this is the order of what they cover, too.
    newest = statement.order_by(Summary.after_position.desc()).limit(1)
    return (await session.execute(newest)).scalar_one_or_none()


async def add(
    session: AsyncSession, conversation_id: uuid.UUID, *, upto: int, **values: Any
) -> bool:
    """Stores a summary up to and with the message at a position.

    False if another one goes on from the same one already, if that message was withdrawn, or if
    the conversation is gone.
    """
    await session.execute(
        delete(Summary).where(Summary.conversation_id == conversation_id, ~_stands)
    )
    # Locked in the order in which a deletion locks them: the conversation, then what hangs on it.
    covered = (
        select(Conversation.id, Message.position, *map(literal, values.values()))
        .join(Message, Message.conversation_id == Conversation.id)
        .where(
            Conversation.id == conversation_id,
            Message.position == upto,
            Message.withdrawn_at.is_(None),
        )
        .with_for_update(read=True, key_share=True, of=Conversation)
    )
    added = await session.execute(
        insert(Summary)
        .from_select(["conversation_id", "upto_position", *values], covered)
        .on_conflict_do_nothing()
        .returning(Summary.upto_position)
    )
    return added.scalar_one_or_none() is not None
