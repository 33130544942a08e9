"""Wire shapes of what waits for a person's decision: approvals and certification reviews."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from modules.backend.schemas.access import AccessRef, ApprovalStep, PersonRef
from modules.backend.schemas.base import RECORD_ID, WireModel

Signals = Annotated[list[str], Field(description="Reasons to look closely, the weightiest first.")]


class ApprovalOut(WireModel):
    id: str
    request_id: str | None
    item: AccessRef
    description: str | None
    kind: Literal["grant", "revoke"]
    requester: PersonRef | None
    requested_for: PersonRef
    reason: str | None
    """What the requester wrote: somebody's words, to be shown as such."""
    created_at: datetime | None
    ends_at: datetime | None
    privileged: bool | None
    conflicts: list[str]
    signals: Signals
    risk: int
    earlier: list[ApprovalStep]
    comment_required_to_deny: bool
    in_progress: bool
    """Decided already, and SailPoint has not finished with it."""
    decidable: bool
    why_not: str | None


class ApprovalsOut(WireModel):
    items: list[ApprovalOut]
    as_of: datetime


class ReviewOut(WireModel):
    """A certification that a person has to work through."""

    id: str
    name: str
    campaign: str | None
    due: datetime | None
    signed_at: datetime | None
    decided: int
    total: int
    people: int
    active: bool
    """Whether it takes decisions now."""
    comments: Literal["none", "all", "revoke"]
    """Which decisions need a comment."""
    can_sign_off: bool
    why_not: str | None


class ReviewsOut(WireModel):
    items: list[ReviewOut]
    as_of: datetime


class ReviewItemOut(WireModel):
    """One question of a review: should this person keep this access?

    `recommendation` follows from `signals` alone. `summary` is a model's wording and may be absent.
    """

    id: str
    person: PersonRef
    access: AccessRef
    description: str | None
    source: str | None
    privileged: bool | None
    revocable: bool | None
    days_used: int | None
    decision: Literal["approve", "revoke"] | None
    comment: str | None
    signals: Signals
    risk: int
    recommendation: Literal["keep", "revoke", "look"]
    summary: str | None


class SummariesIn(WireModel):
    """Which questions are on screen."""

    item_ids: Annotated[
        list[Annotated[str, Field(pattern=RECORD_ID)]],
        Field(min_length=1, max_length=50),
    ]


class ReviewItemsOut(WireModel):
    """All items of a review, grouped by person by the page, in order of risk."""

    review: ReviewOut
    items: list[ReviewItemOut]
    as_of: datetime
