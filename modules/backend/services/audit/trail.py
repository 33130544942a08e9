"""Writing the audit: one record for one fact, in the transaction that makes it one.

Records hold ids, codes, counts and hashes; no message, no name, no token. Their place in the chain
comes later (`linking.py`), so that nobody waits for anybody here.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from modules.backend.core.database import Session
from modules.backend.models import Proposal, Run
from modules.backend.repositories import audit


class Kind(StrEnum):
    """What happened."""

    SIGNED_IN = "person.signed_in"
    SIGNED_OUT = "person.signed_out"
    RUN_ACCEPTED = "run.accepted"
    RUN_ENDED = "run.ended"
    TOOL_CALLED = "tool.called"
    CARD_SHOWN = "card.shown"
    DECIDED = "card.decided"
    SENDING = "change.sending"
    ANSWERED = "change.answered"
    EXPORTED = "data.exported"
    ERASED = "data.erased"
    ADMIN_VIEWED = "admin.viewed"
    CONFIGURED = "process.configured"
    PRUNED = "audit.pruned"


ORDER = timedelta(microseconds=1)


async def record(
    session: Session,
    now: datetime,
    kind: Kind,
    *,
    actor: UUID | None = None,
    conversation: UUID | None = None,
    run: UUID | None = None,
    proposal: UUID | None = None,
    **details: Any,
) -> None:
    """Stores one record with the transaction. `details` are what JSON can hold."""
    await audit.add(
        session,
        at=now,
        kind=kind.value,
        actor_id=actor,
        conversation_id=conversation,
        run_id=run,
        proposal_id=proposal,
        details=canonical(details),
    )


async def ended(
    session: Session, now: datetime, run: Run, status: str, steps: Iterable[Mapping[str, Any]]
) -> None:
    """The end of a run, and the calls of tools that its answer is made of."""
    about = {"actor": run.person_id, "conversation": run.conversation_id, "run": run.id}
    at = now
    for step in steps:
        await record(
            session,
            at,
            Kind.TOOL_CALLED,
            **about,
            tool=step["name"],
            step=step["id"],
            argumentsHash=text_hash(step["arguments"]),
            resultHash=text_hash(step["result"]),
            milliseconds=round(step["seconds"] * 1000),
            isError=step["isError"],
        )
        at += ORDER  # records of one moment would come in any order
    await record(session, at, Kind.RUN_ENDED, **about, status=status, generation=run.fence)


async def shown(session: Session, now: datetime, proposals: Iterable[Proposal]) -> None:
    """Cards that their person can see from now on."""
    for proposal in proposals:
        await _about(
            session,
            now,
            Kind.CARD_SHOWN,
            proposal,
            change=proposal.kind,
            argumentsHash=proposal.arguments_hash,
            cardHash=card_hash(proposal.id, proposal.card),
            expiresAt=proposal.expires_at.isoformat(),
        )


async def decided(
    session: Session, now: datetime, proposal: Proposal, actor: UUID, decision: str
) -> None:
    """A person's word on a card."""
    await record(
        session,
        now,
        Kind.DECIDED,
        actor=actor,
        conversation=proposal.conversation_id,
        run=proposal.resumed_by,
        proposal=proposal.id,
        decision=decision,
        argumentsHash=proposal.arguments_hash,
    )


async def changed(session: Session, now: datetime, proposal: Proposal) -> None:
    """A change that is on its way, or what SailPoint said or showed of it."""
    outcome = proposal.outcome or {}
    kind = Kind.SENDING if proposal.status == "sending" else Kind.ANSWERED
    told = {name: outcome[name] for name in ("code", "ids", "isOurs", "asOf") if name in outcome}
    await _about(
        session,
        now,
        kind,
        proposal,
        status=proposal.status,
        attempts=proposal.attempts,
        argumentsHash=proposal.arguments_hash,
        outcome=told,
    )


async def _about(
    session: Session, now: datetime, kind: Kind, proposal: Proposal, **details: Any
) -> None:
    await audit.add(
        session,
        at=now,
        kind=kind.value,
        actor_id=proposal.person_id,
        conversation_id=proposal.conversation_id,
        run_id=proposal.run_id,
        proposal_id=proposal.id,
        details=canonical(details),
    )


def card_hash(proposal_id: UUID, card: Mapping[str, Any]) -> str:
    """Tells whether a card is the one that was shown, and nobody what it said."""
    return text_hash(canonical({"proposal": str(proposal_id), "card": card}))


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def canonical(details: Mapping[str, Any]) -> str:
    """The same text for the same content."""
    return json.dumps(details, sort_keys=True, separators=(",", ":"), allow_nan=False)
