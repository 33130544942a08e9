"""SQL of proposals. Every step is one compare-and-set: of two who try, one wins."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from modules.backend.models import Proposal


async def add(session: AsyncSession, **values: Any) -> Proposal:
    return (
        await session.execute(insert(Proposal).values(**values).returning(Proposal))
    ).scalar_one()


async def get(session: AsyncSession, proposal_id: uuid.UUID) -> Proposal | None:
    statement = select(Proposal).where(Proposal.id == proposal_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def of_conversation(
    session: AsyncSession, person_id: uuid.UUID, conversation_id: uuid.UUID
) -> Sequence[Proposal]:
    """What the conversation shows as cards, oldest first."""
    statement = (
        select(Proposal)
        .where(
            Proposal.person_id == person_id,
            Proposal.conversation_id == conversation_id,
            Proposal.status.not_in(("draft", "void")),
        )
        .order_by(Proposal.created_at, Proposal.id)
    )
    return (await session.execute(statement)).scalars().all()


async def of_run(session: AsyncSession, run_id: uuid.UUID) -> Sequence[Proposal]:
    """Those on which the run took the person's word along."""
    statement = (
        select(Proposal)
        .where(Proposal.resumed_by == run_id)
        .order_by(Proposal.created_at, Proposal.id)
    )
    return (await session.execute(statement)).scalars().all()


async def latest(session: AsyncSession, person_id: uuid.UUID, limit: int) -> Sequence[Proposal]:
    """The person's newest, newest first."""
    statement = (
        select(Proposal)
        .where(Proposal.person_id == person_id, Proposal.status.not_in(("draft", "void")))
        .order_by(Proposal.created_at.desc(), Proposal.id)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def publish(session: AsyncSession, run_id: uuid.UUID, generation: int) -> Sequence[Proposal]:
    """Shows the drafts of a run's generation to their person."""
    statement = (
        update(Proposal)
        .where(
            Proposal.run_id == run_id,
            Proposal.generation == generation,
            Proposal.status == "draft",
        )
        .values(status="pending")
        .returning(Proposal)
    )
    shown = (await session.execute(statement)).scalars().all()
    return sorted(shown, key=lambda proposal: (proposal.created_at, proposal.id))


async def carry_drafts(session: AsyncSession, run_id: uuid.UUID, generation: int) -> None:
    """Makes the drafts of a run those of its next generation, which the same process makes."""
    await session.execute(
        update(Proposal)
        .where(
            Proposal.run_id == run_id,
            Proposal.generation == generation,
            Proposal.status == "draft",
        )
        .values(generation=generation + 1)
    )


async def void_drafts(session: AsyncSession, run_id: uuid.UUID) -> None:
    """Drops what nobody was shown."""
    await session.execute(
        update(Proposal)
        .where(Proposal.run_id == run_id, Proposal.status == "draft")
        .values(status="void")
    )


async def decide(
    session: AsyncSession,
    proposal_id: uuid.UUID,
    person_id: uuid.UUID,
    now: datetime,
    *,
    conversation_id: uuid.UUID | None = None,
    **values: Any,
) -> Proposal | None:
    """Sets a pending proposal of the person that has not expired. None if there is none.

    conversation_id: where it must have been shown; None for anywhere
    Raises TargetTaken if it is confirmed while another change of the same target is on its way.
    """
    shown = [Proposal.conversation_id == conversation_id] if conversation_id is not None else []
    return await step(
        session,
        proposal_id,
        values | {"decided_at": now},
        Proposal.person_id == person_id,
        Proposal.status == "pending",
        Proposal.expires_at > now,
        *shown,
    )


async def has_open(
    session: AsyncSession, run_ids: Collection[uuid.UUID | None], now: datetime
) -> bool:
    """Whether one that these runs proposed still waits for a word."""
    statement = select(
        exists().where(
            Proposal.run_id.in_(run_ids), Proposal.status == "pending", Proposal.expires_at > now
        )
    )
    return bool((await session.execute(statement)).scalar_one())


async def confirm_again(
    session: AsyncSession,
    proposal_id: uuid.UUID,
    person_id: uuid.UUID,
    seen: datetime | None,
    now: datetime,
) -> Proposal | None:
    """Lets a change be sent again that nobody has looked at since it was `seen` not to be there."""
    return await step(
        session,
        proposal_id,
        {"status": "confirmed", "decided_at": now, "outcome": None, "look_at": now},
        Proposal.person_id == person_id,
        Proposal.status == "unknown",
        Proposal.look_at.is_not_distinct_from(seen),
    )


async def take(session: AsyncSession, proposal_id: uuid.UUID, until: datetime) -> Proposal | None:
    """Takes a confirmed proposal to send it. None unless it is the next of its person.

    Nobody else takes it before `until`; after that whoever looks finds its sender dead.
    """
    earlier = aliased(Proposal)
    waits = exists().where(
        earlier.person_id == Proposal.person_id,
        earlier.id != Proposal.id,
        earlier.status.in_(("confirmed", "sending")),
        earlier.decided_at < Proposal.decided_at,
    )
    return await step(
        session,
        proposal_id,
        {
            "status": "sending",
            "look_at": until,
            "outcome": None,
            "attempts": Proposal.attempts + 1,
        },
        Proposal.status == "confirmed",
        ~waits,
    )


async def postpone(
    session: AsyncSession, proposal_id: uuid.UUID, until: datetime, outcome: dict[str, Any]
) -> None:
    """Has a confirmed proposal looked at later: it is not its turn, as `outcome` says."""
    await session.execute(
        update(Proposal)
        .where(Proposal.id == proposal_id, Proposal.status == "confirmed")
        .values(look_at=until, outcome=outcome)
    )


async def leave_sending(
    session: AsyncSession, proposal_id: uuid.UUID, attempt: int, **values: Any
) -> Proposal | None:
    """Ends the sending of that attempt. None if somebody else has found it dead before."""
    return await step(
        session,
        proposal_id,
        values,
        Proposal.status == "sending",
        Proposal.attempts == attempt,
    )


async def settle(
    session: AsyncSession, proposal_id: uuid.UUID, seen: datetime, **values: Any
) -> Proposal | None:
    """Changes an unknown proposal that nobody else has looked at since it was `seen`."""
    return await step(
        session,
        proposal_id,
        values,
        Proposal.status == "unknown",
        Proposal.look_at == seen,
    )


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """What should be looked at, the longest due first."""
    statement = (
        select(Proposal.id).where(Proposal.look_at <= now).order_by(Proposal.look_at).limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def next_of(session: AsyncSession, person_id: uuid.UUID) -> uuid.UUID | None:
    """The confirmed proposal of the person that is to be sent next."""
    statement = (
        select(Proposal.id)
        .where(Proposal.person_id == person_id, Proposal.status == "confirmed")
        .order_by(Proposal.decided_at, Proposal.id)
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def places(session: AsyncSession, person_id: uuid.UUID) -> Mapping[uuid.UUID, int]:
    """The places of the person's confirmed proposals in their order, 1 for the next to be sent."""
    statement = (
        select(Proposal.id, Proposal.status)
        .where(Proposal.person_id == person_id, Proposal.status.in_(("confirmed", "sending")))
        .order_by(Proposal.decided_at, Proposal.id)
    )
    rows = (await session.execute(statement)).all()
    return {row.id: at for at, row in enumerate(rows, start=1) if row.status == "confirmed"}


async def expire(session: AsyncSession, now: datetime) -> Sequence[Proposal]:
    """Marks what nobody decided in time."""
    statement = (
        update(Proposal)
        .where(Proposal.status == "pending", Proposal.expires_at <= now)
        .values(status="expired", settled_at=now)
        .returning(Proposal)
    )
    return (await session.execute(statement)).scalars().all()


class TargetTaken(Exception):
    """Another change of the same target is on its way."""


async def step(
    session: AsyncSession,
    proposal_id: uuid.UUID,
    values: dict[str, Any],
    *conditions: ColumnElement[bool],
) -> Proposal | None:
    """Sets the values if the conditions hold. None if they do not. Raises TargetTaken."""
    statement = (
        update(Proposal)
        .where(Proposal.id == proposal_id, *conditions)
        .values(**values)
        .returning(Proposal)
        .execution_options(populate_existing=True)
    )
    try:
        return (await session.execute(statement)).scalar_one_or_none()
    except IntegrityError as error:
        raise TargetTaken from error
