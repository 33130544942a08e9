"""Notices: something changed outside the conversation that a page shows."""

from uuid import UUID

import orjson


def conversation_changed(conversation_id: UUID) -> bytes:
    """The notice that a conversation should be read again, as a frame."""
    return orjson.dumps(
        {
            "type": "notice",
            "kind": "conversation_changed",
            "conversationId": str(conversation_id),
        }
    )


def proposal_changed(proposal_id: UUID, status: str) -> bytes:
    """The notice that a card looks different now, as a frame."""
    return orjson.dumps(
        {
            "type": "notice",
            "kind": "proposal_changed",
            "proposalId": str(proposal_id),
            "status": status,
        }
    )


def review_changed(review_id: str) -> bytes:
    """The notice that something new is known of a review, as a frame."""
    return orjson.dumps({"type": "notice", "kind": "review_changed", "reviewId": review_id})


def request_changed(request_id: str) -> bytes:
    """The notice that a request has come further, as a frame."""
    return orjson.dumps({"type": "notice", "kind": "request_changed", "requestId": request_id})


def approvals_changed() -> bytes:
    """The notice that something else waits for the person's approval, as a frame."""
    return orjson.dumps({"type": "notice", "kind": "approvals_changed"})
