"""What access a person has, and where it comes from."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from modules.backend.clients.sailpoint.calls import Calls
from modules.backend.clients.sailpoint.errors import Fault
from modules.backend.clients.sailpoint.filters import any_of, checked_id, has
from modules.backend.clients.sailpoint.identities import SEARCH
from modules.backend.clients.sailpoint.shapes import Lenient, Reference, Rows
from modules.backend.clients.sailpoint.transport import Operation

ROLE_ASSIGNMENTS = Operation(
    "getRoleAssignmentsV1", "GET", "/identities/v1/{identityId}/role-assignments"
)


class HeldAccess(Lenient):
    """A role, access profile or entitlement that a person holds; `type` says which."""

    id: str
    type: str | None = None
    name: str | None = None
    display_name: str | None = None
    description: str | None = None
    source: Reference | None = None
    owner: Reference | None = None
    privileged: bool | None = None
    revocable: bool | None = None
    standalone: bool | None = None
    """Whether an entitlement is held by itself, not through a role or access profile."""
    attribute: str | None = None
    value: str | None = None


class AccessDocument(Lenient):
    """A person in the search index with all that they hold."""

    id: str
    name: str | None = None
    display_name: str | None = None
    access: Rows[HeldAccess] = Field(default_factory=list)
    access_count: int | None = None
    role_count: int | None = None
    access_profile_count: int | None = None
    entitlement_count: int | None = None


class RoleAssignment(Lenient):
    id: str
    role: Reference | None = None
    added_date: datetime | None = None
    start_date: datetime | None = None
    remove_date: datetime | None = None


class Bundle(Lenient):
    """A role or access profile in the search index, with what it grants."""

    id: str
    name: str | None = None
    access_profiles: Rows[Reference] = Field(default_factory=list)
    entitlements: Rows[Reference] = Field(default_factory=list)


class Access:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def of(self, identity_id: str) -> AccessDocument:
        """All that a person holds, by the search index, which lags behind.

        Raises SailPointRefused (not found) if the index does not have the person.
        """
        body = {
            "indices": ["identities"],
            "query": {"query": has("id", checked_id(identity_id))},
            "includeNested": True,
            "queryResultFilter": {
                "includes": [
                    "id",
                    "name",
                    "displayName",
                    "access",
                    "accessCount",
                    "roleCount",
                    "accessProfileCount",
                    "entitlementCount",
                ]
            },
            "sort": ["id"],
        }
        found = await self._calls.search(SEARCH, body, AccessDocument)
        theirs = [document for document in found if document.id == identity_id]
        if not theirs:
            raise Fault.SAILPOINT_NOT_FOUND.error(SEARCH.name)
        return theirs[0]

    async def bundles(self, ids: Sequence[str]) -> list[Bundle]:
        """The roles and access profiles of these ids, as far as the index knows them."""
        if not ids:
            return []
        body = {
            "indices": ["roles", "accessprofiles"],
            "query": {"query": any_of("id", map(checked_id, ids))},
            "includeNested": True,
            "queryResultFilter": {"includes": ["id", "name", "accessProfiles", "entitlements"]},
            "sort": ["id"],
        }
        found = await self._calls.search(SEARCH, body, Bundle)
        return [bundle for bundle in found if bundle.id in ids]

    async def role_assignments(self, identity_id: str) -> list[RoleAssignment]:
        """The roles of a person with since when and until when. SailPoint gives all at once."""
        return await self._calls.rows(ROLE_ASSIGNMENTS, RoleAssignment, {"identityId": identity_id})
