"""What a proposal is after a step: the values that its row takes on, as the step came out."""

from datetime import datetime, timedelta
from typing import Any

from modules.backend.models import Proposal
from modules.backend.services.actions.action import Absent, Done, NotSent, Refused

ABSENT_AFTER = timedelta(seconds=60)
"""Before this, a change that is not shown may only not be shown yet."""
WATCHED_FOR = timedelta(hours=24)
AGAIN = timedelta(seconds=5)
SELDOM = timedelta(minutes=15)

Values = dict[str, Any]


def done(found: Done, now: datetime) -> Values:
    """SailPoint has it, by our hand or another."""
    words = {"words": found.words, "ids": dict(found.ids), "isOurs": found.is_ours}
    return {"status": "done", "outcome": words, "settled_at": now, "look_at": None}


def refused(refusal: Refused, now: datetime) -> Values:
    """It ends here, with the reason."""
    words = {"words": refusal.words, "code": refusal.code}
    return {"status": "refused", "outcome": words, "settled_at": now, "look_at": None}


def unknown(now: datetime) -> Values:
    """It was sent, and SailPoint will be asked what became of it."""
    return {"status": "unknown", "outcome": {"asOf": now.isoformat()}, "look_at": now + AGAIN}


def not_sent(proposal: Proposal, failure: NotSent, now: datetime) -> Values:
    """It waits for SailPoint, in its place, for as long as it would be watched."""
    assert proposal.decided_at is not None
    if now - proposal.decided_at >= WATCHED_FOR:
        gone = Refused("sailpoint_unavailable", "SailPoint stayed away for a day. Ask again.")
        return refused(gone, now)
    wait = max(timedelta(seconds=failure.retry_after or 0), AGAIN)
    told = {"words": failure.words, "asOf": now.isoformat()}
    return again(now + min(wait, SELDOM)) | {"outcome": told, "sent_at": proposal.sent_at}


def again(at: datetime) -> Values:
    """It waits to be sent, from that time on."""
    return {"status": "confirmed", "outcome": None, "look_at": at}


def absent(proposal: Proposal, found: Absent, now: datetime) -> Values:
    """SailPoint does not show it, which soon after sending means nothing yet."""
    assert proposal.sent_at is not None
    if now - proposal.sent_at < ABSENT_AFTER:
        return watched(proposal, now, proposal.outcome)
    if found.may_resend:
        return again(now)
    return watched(proposal, now, {"asOf": now.isoformat(), "isAbsent": True})


def watched(proposal: Proposal, now: datetime, outcome: Values | None) -> Values:
    """It is looked at again, ever more seldom, until it has been watched for long enough."""
    assert proposal.sent_at is not None
    age = now - proposal.sent_at
    if age >= WATCHED_FOR:
        return {"status": "unknown", "outcome": outcome, "settled_at": now, "look_at": None}
    return {"outcome": outcome, "look_at": now + min(max(AGAIN, age / 4), SELDOM)}
