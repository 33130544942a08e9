"""People as SailPoint knows them."""

from typing import Any

from pydantic import Field

from modules.backend.clients.sailpoint.calls import Calls, Query
from modules.backend.clients.sailpoint.errors import Fault
from modules.backend.clients.sailpoint.filters import checked_id, eq, has
from modules.backend.clients.sailpoint.shapes import Lenient, Reference
from modules.backend.clients.sailpoint.transport import Operation

PUBLIC = Operation("getPublicIdentitiesV1", "GET", "/public-identities/v1")
ONE = Operation("getIdentityV1", "GET", "/identities/v1/{id}")
SEARCH = Operation("searchPostV1", "POST", "/search/v1")

ACTIVE = "ACTIVE"
ENOUGH = 10
"""As many as show that an e-mail address does not name one person."""


class PublicIdentity(Lenient):
    """What anybody in the organisation may see of a person."""

    id: str
    name: str | None = None
    alias: str | None = None
    email: str | None = None
    identity_state: str | None = None
    manager: Reference | None = None

    @property
    def is_active(self) -> bool:
        return self.identity_state == ACTIVE


class LifecycleState(Lenient):
    state_name: str | None = None


class Identity(Lenient):
    """A person's record. `attributes` are as the organisation defines them."""

    id: str
    name: str | None = None
    alias: str | None = None
    email_address: str | None = None
    identity_status: str | None = None
    is_manager: bool = False
    manager_ref: Reference | None = None
    lifecycle_state: LifecycleState | None = None
    attributes: dict[str, Any] = Field(default_factory=dict)


class FoundIdentity(Lenient):
    """A person in the search index, which lags behind by seconds to minutes."""

    id: str
    name: str | None = None
    display_name: str | None = None
    email: str | None = None
    inactive: bool | None = None
    manager: Reference | None = None
    access_count: int | None = None


class Identities:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def by_email(self, email: str) -> PublicIdentity:
        """The one active identity with the e-mail address.

        Raises SailPointNoIdentity if there is none, or more than one.
        """
        query = Query(
            PUBLIC,
            PublicIdentity,
            {"filters": eq("email", email), "add-core-filters": "true"},
            sorters="name",
            is_theirs=lambda row: (row.email or "").casefold() == email.casefold(),
        )
        found = (await self._calls.page(query, limit=ENOUGH)).rows
        active = [identity for identity in found if identity.is_active]
        if len(active) == 1:
            return active[0]
        if active:
            raise Fault.SAILPOINT_IDENTITY_AMBIGUOUS.error(PUBLIC.name)
        if found:
            raise Fault.SAILPOINT_IDENTITY_INACTIVE.error(PUBLIC.name)
        raise Fault.SAILPOINT_IDENTITY_UNKNOWN.error(PUBLIC.name)

    async def public(self, identity_id: str) -> PublicIdentity:
        """What anybody may see of a person. Raises SailPointRefused (not found)."""
        query = Query(
            PUBLIC,
            PublicIdentity,
            {"filters": eq("id", checked_id(identity_id))},
            sorters="name",
            is_theirs=lambda row: row.id == identity_id,
        )
        found = (await self._calls.page(query, limit=2)).rows
        if not found:
            raise Fault.SAILPOINT_NOT_FOUND.error(PUBLIC.name)
        return found[0]

    async def by_id(self, identity_id: str) -> Identity:
        return await self._calls.record(ONE, Identity, {"id": identity_id})

    async def manager_of(self, identity_id: str) -> Reference | None:
        """Read from the record, not from the index: what a right depends on must be of now."""
        return (await self.public(identity_id)).manager

    async def direct_reports(self, manager_id: str) -> list[FoundIdentity]:
        """Who reports to the manager, by the search index; at most 250 people."""
        body = {
            "indices": ["identities"],
            "query": {"query": has("manager.id", checked_id(manager_id))},
            "queryResultFilter": {
                "includes": [
                    "id",
                    "name",
                    "displayName",
                    "email",
                    "inactive",
                    "manager",
                    "accessCount",
                ]
            },
            "sort": ["id"],
        }
        found = await self._calls.search(SEARCH, body, FoundIdentity)
        return [
            person
            for person in found
            if person.manager is not None and person.manager.id == manager_id
        ]
