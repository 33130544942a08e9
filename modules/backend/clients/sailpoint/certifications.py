"""Certification reviews: what a person has to review, item by item, and their decisions.

Everything about a review is read through a Certification, which only `of_reviewer` and `one` give
out, and they ask for a reviewer: there is no way to read a review that is not theirs.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import model_validator

from modules.backend.clients.sailpoint.approvals import is_owner
from modules.backend.clients.sailpoint.calls import Calls, Query
from modules.backend.clients.sailpoint.filters import Id, all_of, checked_id, eq, one_of
from modules.backend.clients.sailpoint.review_items import ReviewItem
from modules.backend.clients.sailpoint.shapes import (
    Lenient,
    Moment,
    Reference,
    Strict,
    Words,
    read_or_none,
)
from modules.backend.clients.sailpoint.transport import Operation
from modules.backend.core.errors import InvalidInput

OF_REVIEWER = Operation("listIdentityCertificationsV1", "GET", "/certifications/v1")
ITEMS = Operation(
    "listIdentityAccessReviewItemsV1", "GET", "/certifications/v1/{id}/access-review-items"
)
SUMMARY = Operation(
    "getIdentityDecisionSummaryV1", "GET", "/certifications/v1/{id}/decision-summary"
)
DECIDE = Operation(
    "makeIdentityDecisionV1", "POST", "/certifications/v1/{id}/decide", is_write=True
)
SIGN_OFF = Operation(
    "signOffIdentityCertificationV1", "POST", "/certifications/v1/{id}/sign-off", is_write=True
)

ACTIVE = "ACTIVE"
MAX_DECISIONS = 250


class Campaign(Lenient):
    id: str | None = None
    name: str | None = None
    campaign_type: str | None = None
    description: str | None = None
    mandatory_comment_requirement: str | None = None


class Certification(Lenient):
    """One review of one reviewer. `phase` is STAGED, ACTIVE or SIGNED."""

    id: str
    name: str | None = None
    campaign: Campaign | None = None
    completed: bool = False
    identities_completed: int | None = None
    identities_total: int | None = None
    decisions_made: int | None = None
    decisions_total: int | None = None
    due: datetime | None = None
    signed: datetime | None = None
    reviewer: Reference | None = None
    phase: str | None = None
    has_errors: bool = False
    error_message: str | None = None

    @property
    def is_active(self) -> bool:
        return self.phase == ACTIVE


class DecisionSummary(Lenient):
    """Counts by type of access, as SailPoint keeps them."""

    entitlement_decisions_made: int = 0
    entitlement_decisions_total: int = 0
    entitlements_approved: int = 0
    entitlements_revoked: int = 0
    access_profile_decisions_made: int = 0
    access_profile_decisions_total: int = 0
    access_profiles_approved: int = 0
    access_profiles_revoked: int = 0
    role_decisions_made: int = 0
    role_decisions_total: int = 0
    roles_approved: int = 0
    roles_revoked: int = 0
    account_decisions_made: int = 0
    account_decisions_total: int = 0
    accounts_approved: int = 0
    accounts_revoked: int = 0


class Decision(Strict):
    """To keep (APPROVE) or take away (REVOKE) what one item is about."""

    id: Id
    decision: Literal["APPROVE", "REVOKE"]
    comments: Words | None = None
    proposed_end_date: Moment | None = None

    @model_validator(mode="after")
    def _ends_what_is_revoked(self) -> "Decision":
        if self.proposed_end_date is not None and self.decision != "REVOKE":
            raise ValueError("only what is revoked has an end")
        return self


class Certifications:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def of_reviewer(
        self, *, reviewer_id: str, phase: str | None = None
    ) -> AsyncIterator[Certification]:
        """The person's reviews, the earliest due first. SailPoint leaves out those of groups."""
        filters = [eq("phase", phase)] if phase else []
        return self._calls.all_of(_of_reviewer(reviewer_id, *filters))

    async def one(self, certification_id: str, *, reviewer_id: str) -> Certification | None:
        """The review if it is this person's, else None."""
        query = _of_reviewer(reviewer_id, eq("id", checked_id(certification_id)))
        rows = (await self._calls.page(query)).rows
        return next((row for row in rows if row.id == certification_id), None)

    def items(
        self,
        certification: Certification,
        *,
        identity_summary_id: str | None = None,
        is_completed: bool | None = None,
    ) -> AsyncIterator[ReviewItem]:
        """All items, or those of one person, or those that are (not) decided."""
        return self._calls.all_of(_items(certification, identity_summary_id, is_completed))

    async def items_of(
        self, certification: Certification, item_ids: Sequence[str]
    ) -> list[ReviewItem]:
        """The named items, as far as they are part of the review, at most 50."""
        query = _items(certification, None, None, one_of("id", map(checked_id, item_ids)))
        rows = (await self._calls.page(query)).rows
        return [row for row in rows if row.id in item_ids]

    async def decision_summary(self, certification: Certification) -> DecisionSummary:
        return await self._calls.record(SUMMARY, DecisionSummary, {"id": certification.id})

    async def decide(
        self, certification: Certification, decisions: Sequence[Decision]
    ) -> Certification | None:
        """Records 1 to 250 decisions; returns the review after them, or None if unreadable.

        Raises InvalidInput for none, too many, or two about one item.
        """
        if not 1 <= len(decisions) <= MAX_DECISIONS:
            raise InvalidInput(
                "too_many_decisions", f"Decide about 1 to {MAX_DECISIONS} items at once."
            )
        if len({decision.id for decision in decisions}) < len(decisions):
            raise InvalidInput("decided_twice", "An item was decided twice. Decide once.")
        bulk = {"bulk": len(decisions) > 1}
        body: list[dict[str, Any]] = [decision.body() | bulk for decision in decisions]
        answer = await self._calls.write(DECIDE, body, {"id": certification.id})
        return read_or_none(Certification, answer)

    async def sign_off(self, certification: Certification) -> Certification | None:
        """Ends the review and starts what follows from it. There is no way back."""
        answer = await self._calls.write(SIGN_OFF, None, {"id": certification.id})
        return read_or_none(Certification, answer)


def _of_reviewer(reviewer_id: str, *filters: str) -> Query[Certification]:
    params = {"reviewer-identity": checked_id(reviewer_id)}
    if filters:
        params["filters"] = all_of(*filters)
    return Query(
        OF_REVIEWER,
        Certification,
        params,
        sorters="due,name",
        is_theirs=lambda row: is_owner(row.reviewer, reviewer_id),
    )


def _items(
    certification: Certification,
    identity_summary_id: str | None,
    is_completed: bool | None,
    *more: str,
) -> Query[ReviewItem]:
    filters = list(more)
    if identity_summary_id is not None:
        filters.append(eq("identitySummary.id", checked_id(identity_summary_id)))
    if is_completed is not None:
        filters.append(eq("completed", is_completed))
    return Query(
        ITEMS,
        ReviewItem,
        {"filters": all_of(*filters)} if filters else {},
        sorters="identitySummary.name,access.name,access.type",
        ids={"id": certification.id},
    )
