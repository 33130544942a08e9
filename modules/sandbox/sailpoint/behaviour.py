"""How fast the tenant works, and what it does where SailPoint's documents leave it open."""

from enum import StrEnum
from random import Random
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Span = tuple[float, float] | None
"""Seconds from and to, drawn anew each time; nothing means never."""


class DelayProfile(StrEnum):
    DEFAULT = "default"
    INSTANT = "instant"
    SLOW = "slow"
    NEVER = "never"


class Delays(BaseModel):
    """How long each asynchronous step takes."""

    model_config = ConfigDict(extra="forbid")

    request_visible: Span = (0.5, 5)
    decision: Span = (0.5, 2)
    cancel: Span = (0.5, 2)
    provisioning: Span = (1, 4)
    verification: Span = (1, 4)
    manual_task: Span = (86_400, 172_800)
    search_index: Span = (30, 30)
    bystanders: Span = None
    """Until people who cannot sign in decide on what waits for them: never, unless switched on."""

    @classmethod
    def of(cls, profile: DelayProfile) -> "Delays":
        match profile:
            case DelayProfile.INSTANT:
                return cls(**dict.fromkeys(STEPS, (0.0, 0.0)))
            case DelayProfile.SLOW:
                return cls(**dict.fromkeys(STEPS, (30.0, 30.0)))
            case DelayProfile.NEVER:
                return cls(**dict.fromkeys(STEPS, None))
            case DelayProfile.DEFAULT:
                return cls()

    def draw(self, step: str, random: Random) -> float | None:
        """Seconds until the step is done, or nothing if it never is."""
        span: Span = getattr(self, step)
        return None if span is None else random.uniform(*span)


STEPS = tuple(name for name in Delays.model_fields if name != "bystanders")
"""What the tenant does by itself; bystanders are people."""


class Switches(BaseModel):
    """Where a real tenant's behaviour is unknown, both answers that a client must bear.

    over_limit: a `limit` above the maximum is refused, or capped
    held_access: a request for what is held already ends as CANCELLED, or is never listed (the
        contract says the second, SailPoint's announcements the first)
    second_decision: the status of deciding once more on one approval
    missing_scope: the documented 403, or the 500 that tenants were seen to send
    entitlement_shape: identity entitlements as the contract's schema or as its example has them
    request_id_operators: how `accessRequestId` of the status list may be filtered; the contract
        lists `eq`, an announcement demands `in`
    """

    model_config = ConfigDict(extra="forbid")

    over_limit: Literal["refuse", "cap"] = "refuse"
    held_access: Literal["cancelled", "unlisted"] = "cancelled"
    second_decision: Literal[400, 404] = 400
    missing_scope: Literal[403, 500] = 403
    entitlement_shape: Literal["schema", "flat"] = "schema"
    request_id_operators: Literal["both", "eq", "in"] = "both"


class RequestRules(BaseModel):
    """The tenant's access request configuration, as far as the simulator obeys it."""

    model_config = ConfigDict(extra="forbid")

    by_anyone: bool = False
    by_manager: bool = True
    approvals_must_be_external: bool = False
    approval_expiry_days: int = Field(default=90, ge=1, le=365)
