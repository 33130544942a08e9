"""An item of a certification review: one person's one access, with what helps to judge it."""

from datetime import datetime

from pydantic import Field

from modules.backend.clients.sailpoint.shapes import Lenient, Reference, Rows


class ActivityInsights(Lenient):
    """`usage_days` of the last 90; only COMPLETE ones are meant."""

    usage_days: int | None = None
    usage_days_state: str | None = None


class ReviewedAccount(Lenient):
    id: str | None = None
    name: str | None = None
    native_identity: str | None = None
    disabled: bool | None = None
    locked: bool | None = None
    created: datetime | None = None
    activity_insights: ActivityInsights | None = None


class Reviewable(Lenient):
    """What roles, access profiles and entitlements have in common."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    privileged: bool | None = None
    owner: Reference | None = None


class ReviewedEntitlement(Reviewable):
    attribute_name: str | None = None
    attribute_value: str | None = None
    source_name: str | None = None
    source_id: str | None = None
    revocable: bool | None = None
    account: ReviewedAccount | None = None


class ReviewedAccessProfile(Reviewable):
    end_date: datetime | None = None
    entitlements: Rows[ReviewedEntitlement] = Field(default_factory=list)


class ReviewedRole(Reviewable):
    revocable: bool | None = None
    end_date: datetime | None = None
    access_profiles: Rows[ReviewedAccessProfile] = Field(default_factory=list)
    entitlements: Rows[ReviewedEntitlement] = Field(default_factory=list)


class AccessSummary(Lenient):
    """`access` names what is reviewed; the one of the others that is set describes it."""

    access: Reference | None = None
    entitlement: ReviewedEntitlement | None = None
    access_profile: ReviewedAccessProfile | None = None
    role: ReviewedRole | None = None


class IdentitySummary(Lenient):
    id: str | None = None
    name: str | None = None
    identity_id: str | None = None


class ReviewItem(Lenient):
    """`decision` is APPROVE, REVOKE or None while nobody has decided."""

    id: str
    completed: bool = False
    new_access: bool | None = None
    decision: str | None = None
    comments: str | None = None
    identity_summary: IdentitySummary | None = None
    access_summary: AccessSummary | None = None

    @property
    def is_revocable(self) -> bool | None:
        """False if it can only be kept, None if SailPoint does not say."""
        summary = self.access_summary
        if summary is None:
            return None
        described = summary.role or summary.entitlement
        return described.revocable if described else None
