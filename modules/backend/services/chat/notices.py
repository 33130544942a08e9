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
