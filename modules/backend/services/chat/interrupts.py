"""A proposal as the protocol's interrupt, and as the page's card."""

from typing import Any

from modules.backend.models import Proposal
from modules.backend.schemas.proposals import ProposalOut
from modules.backend.services.chat.events import Event

RESPONSE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"decision": {"type": "string", "enum": ["confirm", "decline"]}},
    "required": ["decision"],
    "additionalProperties": False,
}


def card(proposal: Proposal, place: int | None = None) -> ProposalOut:
    """The proposal as its person may see it; `place` is the one that it waits in."""
    return ProposalOut.model_validate(proposal).model_copy(update={"queue_position": place})


def interrupt(proposal: Proposal) -> Event:
    """What a run asks its person before anything is done. Answered by `resume` or over REST."""
    shown = card(proposal)
    return {
        "id": str(shown.id),
        "reason": "confirmation",
        "message": str(shown.card.get("title", "")),
        "responseSchema": RESPONSE_SCHEMA,
        "expiresAt": shown.expires_at.isoformat(),
        "metadata": {"proposal": shown.model_dump(mode="json", by_alias=True)},
    }
