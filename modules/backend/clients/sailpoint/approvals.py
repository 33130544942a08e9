"""Approvals that wait on a person, and those they have decided.

Without an owner SailPoint answers for the whole organisation: every question here names one.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from pydantic import Field

from modules.backend.clients.sailpoint.calls import Calls, Query
from modules.backend.clients.sailpoint.filters import all_of, checked_id, eq
from modules.backend.clients.sailpoint.shapes import (
    Comment,
    Lenient,
    Reference,
    Rows,
    checked_words,
)
from modules.backend.clients.sailpoint.transport import Operation

PENDING = Operation("listPendingApprovalsV1", "GET", "/access-request-approvals/v1/pending")
COMPLETED = Operation("listCompletedApprovalsV1", "GET", "/access-request-approvals/v1/completed")
APPROVE = Operation(
    "approveAccessRequestV1",
    "POST",
    "/access-request-approvals/v1/{approvalId}/approve",
    is_write=True,
)
REJECT = Operation(
    "rejectAccessRequestV1",
    "POST",
    "/access-request-approvals/v1/{approvalId}/reject",
    is_write=True,
)


class RequestedObject(Reference):
    description: str | None = None


class _Approval(Lenient):
    id: str
    access_request_id: str | None = None
    name: str | None = None
    created: datetime | None = None
    modified: datetime | None = None
    request_created: datetime | None = None
    request_type: str | None = None
    requester: Reference | None = None
    requested_for: Reference | None = None
    owner: Reference | None = None
    requested_object: RequestedObject | None = None
    requester_comment: Comment | None = None
    previous_reviewers_comments: Rows[Comment] = Field(default_factory=list)
    comment_required_when_rejected: bool | None = None
    remove_date: datetime | None = None
    sod_violation_context: dict[str, Any] | None = None
    privilege_level: str | None = None
    client_metadata: dict[str, Any] = Field(default_factory=dict)


class PendingApproval(_Approval):
    """`action_in_process` says that it was decided already and SailPoint is at work on it."""

    action_in_process: str | None = None


class CompletedApproval(_Approval):
    """`reviewed_by` may hold a name that SailPoint failed to look up; then `owner` is right."""

    state: str | None = None
    reviewed_by: Reference | None = None
    reviewer_comment: Comment | None = None


class Approvals:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def pending(self, *, owner_id: str) -> AsyncIterator[PendingApproval]:
        """What waits on the person, oldest first, decisions in process included."""
        return self._calls.all_of(_pending(owner_id))

    async def pending_one(self, approval_id: str, *, owner_id: str) -> PendingApproval | None:
        """The approval if it waits on this person, else None."""
        query = _pending(owner_id, eq("id", checked_id(approval_id)))
        rows = (await self._calls.page(query)).rows
        return next((row for row in rows if row.id == approval_id), None)

    def completed(self, *, owner_id: str) -> AsyncIterator[CompletedApproval]:
        """What the person has decided, latest first."""
        query = Query(
            COMPLETED,
            CompletedApproval,
            {"owner-id": checked_id(owner_id)},
            sorters="-created",
            is_theirs=lambda row: is_owner(row.owner, owner_id),
        )
        return self._calls.all_of(query)

    async def completed_one(self, approval_id: str, *, owner_id: str) -> CompletedApproval | None:
        """The approval as the person decided it, else None."""
        query = Query(
            COMPLETED,
            CompletedApproval,
            {"owner-id": checked_id(owner_id), "filters": eq("id", checked_id(approval_id))},
            sorters="-created",
            is_theirs=lambda row: is_owner(row.owner, owner_id),
        )
        rows = (await self._calls.page(query)).rows
        return next((row for row in rows if row.id == approval_id), None)

    async def approve(self, approval_id: str, *, comment: str | None = None) -> None:
        """Approves. The caller has read just now that it waits on the person."""
        body = {"comment": checked_words(comment)} if comment is not None else None
        await self._calls.write(APPROVE, body, {"approvalId": approval_id})

    async def reject(self, approval_id: str, *, comment: str) -> None:
        """Rejects. SailPoint always wants a reason, whatever its contract says."""
        body = {"comment": checked_words(comment)}
        await self._calls.write(REJECT, body, {"approvalId": approval_id})


def is_owner(owner: Reference | None, identity_id: str) -> bool:
    """False if the row names another person. Whether they are of a group, SailPoint knows."""
    if owner is None or owner.id is None or owner.type not in (None, "IDENTITY"):
        return True
    return owner.id == identity_id


def _pending(owner_id: str, *filters: str) -> Query[PendingApproval]:
    params = {"owner-id": checked_id(owner_id)}
    if filters:
        params["filters"] = all_of(*filters)
    return Query(
        PENDING,
        PendingApproval,
        params,
        sorters="created",
        is_theirs=lambda row: is_owner(row.owner, owner_id),
    )
