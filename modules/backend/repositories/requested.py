"""SQL of what people requested here: SailPoint may name the service as who asked."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Proposal


async def for_others(
    session: AsyncSession, person_id: uuid.UUID, identity_id: str, limit: int
) -> Sequence[Proposal]:
    """What the person, who is that identity, requested for somebody else, newest first."""
    statement = (
        select(Proposal)
        .where(
            Proposal.person_id == person_id,
            Proposal.kind.in_(("request_access", "revoke_access")),
            Proposal.status == "done",
            Proposal.arguments["identity_id"].astext != identity_id,
        )
        .order_by(Proposal.created_at.desc(), Proposal.id)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def of_person(
    session: AsyncSession, person_id: uuid.UUID, ids: Collection[uuid.UUID]
) -> Collection[uuid.UUID]:
    """Which of these are the person's."""
    statement = select(Proposal.id).where(Proposal.person_id == person_id, Proposal.id.in_(ids))
    return (await session.execute(statement)).scalars().all()
