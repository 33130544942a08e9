"""Access requests: made, followed, cancelled."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from modules.backend.clients.sailpoint.calls import Calls, Query
from modules.backend.clients.sailpoint.errors import SailPointRefused
from modules.backend.clients.sailpoint.filters import Id, all_of, checked_id, eq, one_of, since
from modules.backend.clients.sailpoint.shapes import (
    Comment,
    Lenient,
    Moment,
    Reference,
    Rows,
    Strict,
    Words,
    checked_words,
    read_or_none,
)
from modules.backend.clients.sailpoint.transport import Operation

CREATE = Operation("createAccessRequestV1", "POST", "/access-requests/v1", is_write=True)
CANCEL = Operation("cancelAccessRequestV1", "POST", "/access-requests/v1/cancel", is_write=True)
STATUS = Operation("listAccessRequestStatusV1", "GET", "/access-request-status/v1")

REFERENCE = "icarusReference"
"""The name under which our reference stands in SailPoint's `clientMetadata`."""
MAX_ENTITLEMENTS = 25
MAX_PEOPLE_WITH_ENTITLEMENTS = 10

AccessType = Literal["ROLE", "ACCESS_PROFILE", "ENTITLEMENT"]


class AccountChoice(Strict):
    """Which account on a source the access goes to."""

    source_id: Id
    account_uuid: Words | None = None
    native_identity: Words


class RequestedItem(Strict):
    type: AccessType
    id: Id
    comment: Words | None = None
    start_date: Moment | None = None
    remove_date: Moment | None = None
    assignment_id: Id | None = None
    native_identity: Words | None = None


class AccessRequest(Strict):
    """What is asked for, for whom. The rules are those of SailPoint's `createAccessRequestV1`."""

    request_type: Literal["GRANT_ACCESS", "REVOKE_ACCESS"]
    requested_for: list[Id] = Field(min_length=1, max_length=50)
    requested_items: list[RequestedItem] = Field(min_length=1, max_length=50)
    accounts: list[AccountChoice] = Field(default_factory=list)
    """For one person and one item only: more would leave open which belongs to what."""

    @model_validator(mode="after")
    def _keeps_the_rules(self) -> "AccessRequest":
        entitlements = [item for item in self.requested_items if item.type == "ENTITLEMENT"]
        if self.request_type == "REVOKE_ACCESS":
            self._keeps_the_rules_of_revoking(len(entitlements))
        if len(entitlements) > MAX_ENTITLEMENTS:
            raise ValueError(f"at most {MAX_ENTITLEMENTS} entitlements can be asked for at once")
        if entitlements and len(self.requested_for) > MAX_PEOPLE_WITH_ENTITLEMENTS:
            raise ValueError(
                f"entitlements can be asked for at most {MAX_PEOPLE_WITH_ENTITLEMENTS} people"
            )
        if self.accounts and (len(self.requested_for), len(self.requested_items)) != (1, 1):
            raise ValueError("accounts can be chosen for one person and one item")
        return self

    def _keeps_the_rules_of_revoking(self, entitlements: int) -> None:
        if len(self.requested_for) != 1:
            raise ValueError("access can be revoked from one person at a time")
        if entitlements > 1:
            raise ValueError("one entitlement can be revoked at a time")
        if any(item.comment is None for item in self.requested_items):
            raise ValueError("revoking needs a comment")
        if self.accounts or any(item.start_date for item in self.requested_items):
            raise ValueError("revoking has neither a start nor a choice of accounts")

    def tagged(self, reference: UUID) -> dict[str, Any]:
        """The body to send, with our reference on every item."""
        tag = {"clientMetadata": {REFERENCE: str(reference)}}
        items = [item.body() | tag for item in self.requested_items]
        if not self.accounts:
            return {
                "requestType": self.request_type,
                "requestedFor": self.requested_for,
                "requestedItems": items,
            }
        choice = [
            {"sourceId": account.source_id, "accounts": [_without_source(account)]}
            for account in self.accounts
        ]
        nested = {
            "identityId": self.requested_for[0],
            "requestedItems": [items[0] | {"accountSelection": choice}],
        }
        return {"requestType": self.request_type, "requestedForWithRequestedItems": [nested]}


class Tracking(Lenient):
    requested_for: str | None = None
    requested_items_details: Rows[Reference] = Field(default_factory=list)
    access_request_ids: list[str] = Field(default_factory=list)


class Submitted(Lenient):
    """What SailPoint took. Only `existing_requests`: it was asked for already, nothing is new.

    is_readable: False if it was taken, but what the answer says of it cannot be read
    """

    new_requests: Rows[Tracking] = Field(default_factory=list)
    existing_requests: Rows[Tracking] = Field(default_factory=list)
    is_readable: bool = Field(default=True, exclude=True)


class ApprovalDetail(Lenient):
    status: str | None = None
    scheme: str | None = None
    current_owner: Reference | None = None
    original_owner: Reference | None = None
    reviewed_by: Reference | None = None
    comment: str | None = None
    forwarded: bool | None = None
    modified: datetime | None = None


class Phase(Lenient):
    name: str | None = None
    state: str | None = None
    result: str | None = None
    started: datetime | None = None
    finished: datetime | None = None


class Cancellation(Lenient):
    comment: str | None = None
    owner: Reference | None = None
    modified: datetime | None = None


class LocalisedText(Lenient):
    text: str | None = None


class RequestStatus(Lenient):
    """One requested item, and how far it has come. `state` EXECUTING includes "awaits approval"."""

    access_request_id: str
    account_activity_item_id: str | None = None
    name: str | None = None
    type: str | None = None
    description: str | None = None
    state: str | None = None
    request_type: str | None = None
    created: datetime | None = None
    modified: datetime | None = None
    requester: Reference | None = None
    requested_for: Reference | None = None
    requester_comment: Comment | None = None
    approval_ids: list[str] = Field(default_factory=list)
    approval_details: Rows[ApprovalDetail] = Field(default_factory=list)
    access_request_phases: Rows[Phase] = Field(default_factory=list)
    error_messages: list[Rows[LocalisedText]] = Field(default_factory=list)
    cancelable: bool = False
    cancelled_request_details: Cancellation | None = None
    remove_date: datetime | None = None
    client_metadata: dict[str, Any] = Field(default_factory=dict)

    @property
    def reference(self) -> UUID | None:
        """Ours, if the request was made here."""
        try:
            return UUID(str(self.client_metadata.get(REFERENCE)))
        except ValueError:
            return None


class Requests:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def create(self, request: AccessRequest, *, reference: UUID) -> Submitted:
        """Files the request. SailPoint works on it later; duplicates show only then.

        reference: comes back in the status list, so that a request can be found whose answer
        was lost
        """
        body = await self._calls.write(CREATE, request.tagged(reference))
        submitted = read_or_none(Submitted, body) or Submitted()
        if submitted.new_requests or submitted.existing_requests:
            return submitted
        return Submitted(is_readable=False)

    def statuses(
        self, *, requested_for: str, created_since: datetime | None = None
    ) -> AsyncIterator[RequestStatus]:
        """A person's requests, latest first, one row for each requested item."""
        filters = [since("created", created_since)] if created_since else []
        return self._calls.all_of(_of_person(requested_for, *filters))

    async def find(self, access_request_id: str, *, requested_for: str) -> list[RequestStatus]:
        """The items of one request. None soon after filing says nothing: the list lags behind.

        SailPoint's contract knows `eq` for this field, its announcements only `in`.
        """
        request_id = checked_id(access_request_id)
        try:
            rows = await self._find(requested_for, eq("accessRequestId", request_id))
        except SailPointRefused as error:
            if error.answered != 400:
                raise
            rows = await self._find(requested_for, one_of("accessRequestId", [request_id]))
        return [row for row in rows if row.access_request_id == request_id]

    async def find_several(
        self, access_request_ids: Sequence[str], *, requested_for: str
    ) -> list[RequestStatus]:
        """The items of several requests for one person, at most 50. See `find`."""
        wanted = [checked_id(request_id) for request_id in access_request_ids]
        try:
            rows = await self._find(requested_for, one_of("accessRequestId", wanted))
        except SailPointRefused as error:
            if error.answered != 400:
                raise
            found = [await self.find(each, requested_for=requested_for) for each in wanted]
            rows = [row for rows in found for row in rows]
        return [row for row in rows if row.access_request_id in wanted]

    async def cancel(self, access_request_id: str, *, comment: str) -> None:
        """Cancels a request that is still `cancelable`. Its effect shows in the status list."""
        body = {
            # SailPoint's name for the id of the request, not for that of its item.
            "accountActivityId": checked_id(access_request_id),
            "comment": checked_words(comment),
        }
        await self._calls.write(CANCEL, body)

    async def _find(self, requested_for: str, text: str) -> list[RequestStatus]:
        return [row async for row in self._calls.all_of(_of_person(requested_for, text))]


def _of_person(requested_for: str, *filters: str) -> Query[RequestStatus]:
    params = {"requested-for": checked_id(requested_for)}
    if filters:
        params["filters"] = all_of(*filters)
    return Query(
        STATUS,
        RequestStatus,
        params,
        sorters="-created,accountActivityItemId",
        is_theirs=lambda row: (
            row.requested_for is None or row.requested_for.id in (None, requested_for)
        ),
    )


def _without_source(account: AccountChoice) -> dict[str, Any]:
    return {name: value for name, value in account.body().items() if name != "sourceId"}
