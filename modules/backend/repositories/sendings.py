"""SQL of a sending under way: what may have arrived, and whose sender is dead."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Proposal
from modules.backend.repositories.proposals import step


async def begin(
    session: AsyncSession, proposal_id: uuid.UUID, attempt: int, now: datetime, until: datetime
) -> Proposal | None:
    """Notes that from now on it may have arrived. None if its sender was taken for dead."""
    return await step(
        session,
        proposal_id,
        {"sent_at": now, "look_at": until},
        Proposal.status == "sending",
        Proposal.attempts == attempt,
    )


async def bury(
    session: AsyncSession,
    proposal_id: uuid.UUID,
    attempt: int,
    sent_at: datetime | None,
    **values: Any,
) -> Proposal | None:
    """Ends the sending of a dead sender. None if it was not: it has gone on meanwhile."""
    return await step(
        session,
        proposal_id,
        values,
        Proposal.status == "sending",
        Proposal.attempts == attempt,
        Proposal.sent_at.is_not_distinct_from(sent_at),
    )
