"""SQL of what people requested here: SailPoint may name the service as who asked."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from modules.backend.models import Person, Proposal

REQUESTS = ("request_access", "revoke_access")
"""The kinds of change that SailPoint keeps as an access request."""


async def for_others(
    session: AsyncSession, person_id: uuid.UUID, identity_id: str, limit: int
) -> Sequence[Proposal]:
    """What the person, who is that identity, requested for somebody else, newest first."""
    statement = (
        select(Proposal)
        .where(
            Proposal.person_id == person_id,
            Proposal.kind.in_(REQUESTS),
            Proposal.status == "done",
            Proposal.arguments["identity_id"].astext != identity_id,
        )
        .order_by(Proposal.created_at.desc(), Proposal.id)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def for_whom(session: AsyncSession, person_id: uuid.UUID, request_id: str) -> str | None:
    """The identity that a request is for which the person made here; None if they did not.

    request_id: as SailPoint names the request
    """
    statement = (
        select(Proposal.arguments["identity_id"].astext)
        .where(
            Proposal.person_id == person_id,
            Proposal.kind.in_(REQUESTS),
            Proposal.status == "done",
            Proposal.outcome["ids"]["accessRequestId"].astext == request_id,
        )
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def of_identity(
    session: AsyncSession, person_id: uuid.UUID, ids: Collection[uuid.UUID]
) -> Collection[uuid.UUID]:
    """Which of these are the person's, under whatever sign-in.

    Two sign-ins with one e-mail address are one identity at SailPoint.
    """
    asking = aliased(Person)
    statement = (
        select(Proposal.id)
        .join(Person, Person.id == Proposal.person_id)
        .join(asking, asking.id == person_id)
        .where(
            Proposal.id.in_(ids),
            or_(Person.id == person_id, func.lower(Person.email) == func.lower(asking.email)),
        )
    )
    return (await session.execute(statement)).scalars().all()
