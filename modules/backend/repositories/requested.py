"""SQL of what people requested here: SailPoint may name the service as who asked."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Proposal


async def of_person(
    session: AsyncSession, person_id: uuid.UUID, ids: Collection[uuid.UUID]
) -> Collection[uuid.UUID]:
    """Which of these are the person's."""
    statement = select(Proposal.id).where(Proposal.person_id == person_id, Proposal.id.in_(ids))
    return (await session.execute(statement)).scalars().all()
