"""What a person can ask for."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from modules.backend.clients.sailpoint.calls import PAGE, Calls, Page, Query
from modules.backend.clients.sailpoint.filters import MAX_TEXT, checked_id, eq
from modules.backend.clients.sailpoint.requests import AccessType, RequestedItem
from modules.backend.clients.sailpoint.shapes import Lenient, Reference, Rows
from modules.backend.clients.sailpoint.transport import Operation
from modules.backend.core.errors import InvalidInput

OBJECTS = Operation("listRequestableObjectsV1", "GET", "/requestable-objects/v1")
CONFIG = Operation(
    "getAccessRequestConfigV2", "GET", "/access-request-config/v2", is_experimental=True
)
ACCOUNTS = Operation(
    "loadAccountSelectionsV1",
    "POST",
    "/access-requests/v1/accounts-selection",
    is_experimental=True,
)


class RequestableObject(Lenient):
    """A role or access profile, and whether the person has it or has asked for it."""

    id: str
    type: str | None = None
    name: str | None = None
    description: str | None = None
    request_status: str | None = None
    identity_request_id: str | None = None
    owner_ref: Reference | None = None
    request_comments_required: bool | None = None
    created: datetime | None = None
    modified: datetime | None = None


class OnBehalfOf(Lenient):
    allow_request_on_behalf_of_anyone_by_anyone: bool = False
    allow_request_on_behalf_of_employee_by_manager: bool = False


class RequestConfig(Lenient):
    """The organisation's rules. What cannot be read counts as not allowed."""

    approvals_must_be_external: bool = False
    request_on_behalf_of_config: OnBehalfOf = OnBehalfOf()


class Account(Lenient):
    id: str | None = None
    name: str | None = None
    uuid: str | None = None
    native_identity: str | None = None


class AccountsOfSource(Lenient):
    id: str | None = None
    name: str | None = None
    accounts: Rows[Account] = Field(default_factory=list)


class AccountsOfItem(Lenient):
    id: str | None = None
    type: str | None = None
    name: str | None = None
    accounts_selection_blocked: bool = False
    accounts_selection_blocked_reason: str | None = None
    sources: Rows[AccountsOfSource] = Field(default_factory=list)


class AccountsOfIdentity(Lenient):
    id: str | None = None
    accounts_selection_required: bool = False
    requested_items: Rows[AccountsOfItem] = Field(default_factory=list)


class AccountsSelection(Lenient):
    """Between which accounts a person with several on one source has to choose."""

    identities: Rows[AccountsOfIdentity] = Field(default_factory=list)


class Requestable:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def objects(
        self,
        *,
        identity_id: str,
        term: str | None = None,
        types: Sequence[AccessType] = (),
        statuses: Sequence[str] = (),
        offset: int = 0,
        limit: int = PAGE,
    ) -> Page[RequestableObject]:
        """Roles and access profiles that the person can ask for, a page at a time.

        term: part of a name or description
        statuses: of AVAILABLE, PENDING, ASSIGNED
        Raises InvalidInput for a term that is too long.
        """
        params = {
            "identity-id": checked_id(identity_id),
            "term": _term(term),
            "types": ",".join(types),
            "statuses": ",".join(checked_id(status) for status in statuses),
        }
        given = {name: value for name, value in params.items() if value}
        query = Query(OBJECTS, RequestableObject, given, sorters="name")
        return await self._calls.page(query, offset=offset, limit=limit)

    async def object(self, item_id: str, *, identity_id: str) -> RequestableObject | None:
        """One role or access profile as the person can ask for it, None if they cannot."""
        params = {"identity-id": checked_id(identity_id), "filters": eq("id", checked_id(item_id))}
        query = Query(OBJECTS, RequestableObject, params, sorters="name")
        rows = (await self._calls.page(query, limit=2)).rows
        return next((row for row in rows if row.id == item_id), None)

    async def accounts_selection(
        self, items: Sequence[RequestedItem], *, identity_id: str
    ) -> AccountsSelection:
        """Whether the person must choose an account for what they ask for, and between which."""
        body = {
            "requestedFor": [checked_id(identity_id)],
            "requestType": "GRANT_ACCESS",
            "requestedItems": [item.body() for item in items],
        }
        return await self._calls.read(ACCOUNTS, AccountsSelection, body)

    async def config(self) -> RequestConfig:
        return await self._calls.record(CONFIG, RequestConfig)


def _term(term: str | None) -> str:
    """A parameter of its own, so nothing in it has a meaning."""
    if term is not None and len(term) > MAX_TEXT:
        raise InvalidInput(
            "text_too_long", f"Search for something shorter than {MAX_TEXT} characters."
        )
    return (term or "").encode("utf-8", "replace").decode("utf-8").strip()
