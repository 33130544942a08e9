"""Wire shapes of access: what people hold, what they can request, and their requests.

What SailPoint has no data for is null, and the page says “unknown”.
"""

from datetime import datetime
from typing import Literal

from modules.backend.schemas.base import WireModel

AccessType = Literal["role", "access_profile", "entitlement"]


class PersonRef(WireModel):
    id: str
    name: str


class AccessRef(WireModel):
    type: AccessType
    id: str
    name: str


class Grant(WireModel):
    """Why somebody holds something. `name` is the role, the access profile or the request."""

    kind: Literal["role", "access_profile", "request", "birthright", "unknown"]
    id: str | None = None
    name: str | None = None


class HeldOut(AccessRef):
    """Something that a person holds."""

    technical_name: str | None
    """As the system itself calls it, where that is another name."""
    description: str | None
    source: str | None
    granted_by: Grant
    since: datetime | None
    ends_at: datetime | None
    days_used: int | None
    """Days of use among the last 90."""
    privileged: bool | None
    revocable: bool | None


class AccessOut(WireModel):
    person: PersonRef
    items: list[HeldOut]
    as_of: datetime


class RequestableOut(AccessRef):
    description: str | None
    owner: str | None
    status: Literal["available", "pending", "assigned"]
    reason_required: bool


class RequestablePage(WireModel):
    items: list[RequestableOut]
    next_cursor: str | None


class ApprovalStep(WireModel):
    """One desk that a request passes."""

    owner: str | None
    status: str
    comment: str | None
    since: datetime | None


class RequestedRef(WireModel):
    """What was asked for. SailPoint's list of requests names it without its id."""

    type: AccessType
    name: str


class RequestOut(WireModel):
    """A request for access, or to take it away. `id` is SailPoint's access request."""

    id: str
    item: RequestedRef
    kind: Literal["grant", "revoke"]
    requested_for: PersonRef
    for_somebody_else: bool
    """Whether the person who reads it made it for another."""
    requester: PersonRef | None
    state: Literal[
        "processing",
        "waiting_for_approval",
        "being_provisioned",
        "done",
        "rejected",
        "expired",
        "cancelled",
        "failed",
    ]
    stage: str
    """The state in plain words, with whose desk it is on."""
    since: datetime | None
    created_at: datetime | None
    reason: str | None
    ends_at: datetime | None
    approvals: list[ApprovalStep]
    errors: list[str]
    cancelable: bool


class RequestsOut(WireModel):
    items: list[RequestOut]
    as_of: datetime


class TeamMember(PersonRef):
    email: str | None
    access_count: int | None


class TeamOut(WireModel):
    items: list[TeamMember]
    as_of: datetime
