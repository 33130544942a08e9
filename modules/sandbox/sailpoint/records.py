"""What the tenant holds. Times are UTC; ids are 32 hexadecimal digits."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from modules.sandbox.sailpoint.operations import Level


def hex_id(*parts: object) -> str:
    """The id of what the parts name, always the same."""
    return hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()[:32]


class AccessType(StrEnum):
    ROLE = "ROLE"
    ACCESS_PROFILE = "ACCESS_PROFILE"
    ENTITLEMENT = "ENTITLEMENT"


@dataclass(slots=True)
class Identity:
    id: str
    alias: str
    first: str
    last: str
    email: str | None
    title: str
    department: str
    location: str
    created: datetime
    manager_id: str | None = None
    active: bool = True
    contractor: bool = False
    end_date: datetime | None = None
    levels: frozenset[Level] = frozenset({Level.USER})

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}".strip()


@dataclass(slots=True)
class Source:
    """`manual`: a person carries out what is provisioned there."""

    id: str
    name: str
    type: str
    owner_id: str
    manual: bool = False


@dataclass(slots=True)
class Account:
    """`usage_days`: on how many of the last 90 days it was used; nothing means unknown."""

    id: str
    identity_id: str
    source_id: str
    native_identity: str
    created: datetime
    usage_days: int | None = None
    disabled: bool = False


@dataclass(slots=True)
class Group:
    """A governance group."""

    id: str
    name: str
    member_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an approval: by whom, and for a governance group by which."""

    scheme: str
    group_id: str | None = None


@dataclass(slots=True)
class Access:
    """A role, access profile or entitlement. `failure`: why provisioning it fails."""

    id: str
    type: AccessType
    name: str
    description: str | None
    created: datetime
    owner_id: str | None = None
    source_id: str | None = None
    attribute: str = ""
    value: str = ""
    requestable: bool = True
    privileged: bool = False
    by_criteria: bool = False
    comment_required: bool = False
    denial_comment_required: bool = False
    steps: tuple[Step, ...] = ()
    entitlement_ids: tuple[str, ...] = ()
    profile_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    failure: str | None = None
    form_id: str | None = None
    account_choice: bool = False


@dataclass(slots=True)
class Holding:
    """Access that an identity has of its own. `source`: how it came by it."""

    identity_id: str
    access_id: str
    source: str
    added: datetime | None
    start: datetime | None = None
    remove: datetime | None = None
    comment: str | None = None
    assigner_id: str | None = None


@dataclass(slots=True)
class Forward:
    from_name: str
    to_name: str
    by_name: str
    comment: str
    at: datetime


@dataclass(slots=True)
class Approval:
    """One approval step that has begun. `action`: a decision accepted and not yet processed."""

    id: str
    item_id: str
    scheme: str
    owner_id: str
    member_ids: tuple[str, ...]
    created: datetime
    modified: datetime
    group_id: str | None = None
    original_owner_id: str = ""
    status: str = "PENDING"
    action: str | None = None
    reviewer_id: str | None = None
    reviewer_lost: bool = False
    comment: str | None = None
    forwards: list[Forward] = field(default_factory=list)
    forward_to: str | None = None


@dataclass(slots=True)
class Cancellation:
    comment: str
    at: datetime
    owner_id: str


@dataclass(slots=True)
class RequestedItem:
    """One row of the status list: one access, one beneficiary. Several may share a request id."""

    id: str
    request_id: str
    revoke: bool
    access_id: str
    requester_id: str
    beneficiary_id: str
    created: datetime
    modified: datetime
    comment: str | None = None
    metadata: dict[str, str] | None = None
    start: datetime | None = None
    remove: datetime | None = None
    account_chosen: bool = False
    form_filled: bool = False
    visible: bool = False
    state: str = "EXECUTING"
    steps_left: tuple[Step, ...] = ()
    approval_ids: list[str] = field(default_factory=list)
    approved: datetime | None = None
    provisioned: datetime | None = None
    errors: list[str] = field(default_factory=list)
    cancelling: bool = False
    cancelled: Cancellation | None = None
    policy: str | None = None
    manual_since: datetime | None = None


@dataclass(slots=True)
class Campaign:
    id: str
    name: str
    description: str
    type: str
    status: str
    created: datetime
    deadline: datetime
    comments: str = "NO_DECISIONS"


@dataclass(slots=True)
class Certification:
    """`reviewer_id` is an identity or, with `by_group`, a governance group."""

    id: str
    name: str
    campaign_id: str
    reviewer_id: str
    phase: str
    created: datetime
    modified: datetime
    due: datetime
    by_group: bool = False
    signed: datetime | None = None
    reassigned_from: str | None = None
    reassigned_reviewer: str | None = None
    reassigned_because: str = ""


@dataclass(slots=True)
class ReviewItem:
    id: str
    certification_id: str
    identity_id: str
    access_id: str
    new_access: bool = False
    decision: str | None = None
    comment: str | None = None
    account_id: str | None = None

    @property
    def summary_id(self) -> str:
        return hex_id("summary", self.certification_id, self.identity_id)
