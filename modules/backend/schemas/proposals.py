"""Wire shapes of proposals."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from modules.backend.schemas.base import WireModel

Status = Literal[
    "pending",
    "confirmed",
    "sending",
    "done",
    "refused",
    "unknown",
    "declined",
    "expired",
]


class ProposalOut(WireModel):
    id: UUID
    kind: str
    target: Annotated[str, Field(description="What is changed, such as `approval:ID`.")]
    status: Status
    card: Annotated[dict[str, Any], Field(description="What will be sent, in words and names.")]
    outcome: Annotated[
        dict[str, Any] | None, Field(description="What became of it, as SailPoint reported it.")
    ]
    conversation_id: UUID | None
    run_id: UUID | None
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    settled_at: datetime | None
    queue_position: Annotated[
        int | None,
        Field(description="While it waits: its place among your confirmed changes, from 1."),
    ] = None


class ProposalIn(WireModel):
    """Something to prepare without a model. Nothing is done before it is confirmed."""

    kind: Annotated[str, Field(max_length=64)]
    arguments: dict[str, Any]


class DecisionIn(WireModel):
    """`send_again` is for a change that was sent and that SailPoint does not show.

    A word is no place for another content: what is executed is what is stored.
    """

    model_config = ConfigDict(extra="forbid")

    decision: Literal["confirm", "decline", "send_again"]
