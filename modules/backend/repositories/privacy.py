"""SQL of what is stored about one person: all of it to be read, and all of it to be erased."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Row, String, delete, exists, or_, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import AuditRecord, Conversation, ModelCall, Person, Proposal

IN_FLIGHT = or_(
    Proposal.status.in_(("confirmed", "sending")),
    (Proposal.status == "unknown") & Proposal.look_at.is_not(None),
)


async def conversations_after(
    session: AsyncSession, person_id: uuid.UUID, after: uuid.UUID | None, limit: int
) -> list[Row[Any]]:
    """Ids of the person's conversations, in their order."""
    statement = select(Conversation.id).where(Conversation.person_id == person_id)
    if after is not None:
        statement = statement.where(Conversation.id > after)
    found = await session.execute(statement.order_by(Conversation.id).limit(limit))
    return cast("list[Row[Any]]", found.all())


async def proposals(session: AsyncSession, person_id: uuid.UUID) -> Sequence[Proposal]:
    """All of the person's that they were shown, oldest first."""
    statement = (
        select(Proposal)
        .where(Proposal.person_id == person_id, Proposal.status.not_in(("draft", "void")))
        .order_by(Proposal.created_at, Proposal.id)
    )
    return (await session.execute(statement)).scalars().all()


async def calls_after(
    session: AsyncSession, person_id: uuid.UUID, after: uuid.UUID | None, limit: int
) -> list[Row[Any]]:
    """What calls of a model the person's questions took, in the order of the ids."""
    statement = select(
        ModelCall.id,
        ModelCall.started_at,
        ModelCall.conversation_id,
        ModelCall.provider,
        ModelCall.model,
        ModelCall.outcome,
        ModelCall.input_tokens,
        ModelCall.output_tokens,
    ).where(ModelCall.person_id == person_id)
    if after is not None:
        statement = statement.where(ModelCall.id > after)
    found = await session.execute(statement.order_by(ModelCall.id).limit(limit))
    return cast("list[Row[Any]]", found.all())


async def audit_after(
    session: AsyncSession, person_id: uuid.UUID, after: uuid.UUID | None, limit: int
) -> Sequence[AuditRecord]:
    """What the audit says that the person did, in the order of the ids."""
    statement = select(AuditRecord).where(AuditRecord.actor_id == person_id)
    if after is not None:
        statement = statement.where(AuditRecord.id > after)
    statement = statement.order_by(AuditRecord.id).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def has_change_in_flight(session: AsyncSession, person_id: uuid.UUID) -> bool:
    """Whether a change of the person's is on its way to SailPoint, or may be."""
    found = await session.execute(
        select(exists().where(Proposal.person_id == person_id, IN_FLIGHT))
    )
    return bool(found.scalar_one())


async def delete_conversations(session: AsyncSession, person_id: uuid.UUID, limit: int) -> int:
    """Deletes some of the person's conversations with all their messages. Returns how many."""
    some = select(Conversation.id).where(Conversation.person_id == person_id).limit(limit)
    deleted = await session.execute(
        delete(Conversation).where(Conversation.id.in_(some)).returning(Conversation.id)
    )
    return len(deleted.scalars().all())


async def forget(session: AsyncSession, person_id: uuid.UUID) -> None:
    """Empties the person's proposals, and leaves of the person an id that means nobody."""
    await session.execute(
        update(Proposal)
        .where(Proposal.person_id == person_id, Proposal.status.in_(("draft", "pending")))
        .values(status="void")
    )
    await session.execute(
        update(Proposal)
        .where(Proposal.person_id == person_id)
        .values(arguments={}, card={}, outcome=None, target=sql_cast(Proposal.id, String))
    )
    await session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(tenant_id="erased", object_id=str(person_id), name="Erased", email=None)
    )
