"""SQL of what is done for no person in particular: re-scans and retention."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Conversation, Message, Run

_is_answering = exists().where(Run.conversation_id == Conversation.id, Run.status == "running")


async def untitled_conversations(
    session: AsyncSession, *, after: datetime, before: datetime, limit: int
) -> Sequence[uuid.UUID]:
    """Answered conversations without a title that last changed in the time, newest first."""
    is_answered = exists().where(
        Message.conversation_id == Conversation.id,
        Message.role == "assistant",
        Message.withdrawn_at.is_(None),
    )
    statement = (
        select(Conversation.id)
        .where(
            Conversation.title.is_(None),
            Conversation.updated_at >= after,
            Conversation.updated_at < before,
            is_answered,
            ~_is_answering,
        )
        .order_by(Conversation.updated_at.desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def delete_conversations(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Deletes conversations that last changed before the time. Returns how many."""
    old = (
        select(Conversation.id)
        .where(Conversation.updated_at < before, ~_is_answering)
        .order_by(Conversation.updated_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    deleted = await session.execute(
        delete(Conversation).where(Conversation.id.in_(old)).returning(Conversation.id)
    )
    return len(deleted.scalars().all())
