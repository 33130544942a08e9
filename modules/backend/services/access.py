"""What people hold and why, and what they can ask for: their own, and their reports'."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from modules.backend.clients.sailpoint.access import (
    AccessDocument,
    Bundle,
    HeldAccess,
    RoleAssignment,
)
from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.clients.sailpoint.errors import SailPointError
from modules.backend.clients.sailpoint.requestable import RequestableObject
from modules.backend.clients.sailpoint.requests import RequestStatus
from modules.backend.core.clock import Clock
from modules.backend.core.observability import get_logger
from modules.backend.schemas.access import (
    AccessOut,
    Grant,
    HeldOut,
    PersonRef,
    RequestableOut,
    RequestablePage,
    TeamMember,
    TeamOut,
)
from modules.backend.services.actions.action import Actor, Refused
from modules.backend.services.actions.outcomes import translated

log = get_logger(__name__)

PAGE = 25
MAX_HISTORY = 250
MAX_BUNDLES = 100
"""A search query has its length; people hold fewer roles and access profiles than this."""
NOT_YOUR_REPORT = Refused(
    "not_your_report", "This is only possible for yourself and for people who report to you."
)
_STATUS = {"AVAILABLE": "available", "PENDING": "pending", "ASSIGNED": "assigned"}


@dataclass(frozen=True, slots=True)
class _Origins:
    """Where access came from, as far as SailPoint tells.

    Requests name what was asked for by type and name: their list has no id of it.
    """

    assignments: Mapping[str, RoleAssignment]
    requests: Mapping[tuple[str, str], RequestStatus]
    through: Mapping[str, Grant]
    """By id of what is held, the role or access profile of the same person that brings it."""


class Access:
    def __init__(self, client: SailPointClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def of(self, actor: Actor, identity_id: str | None = None) -> AccessOut:
        """What the person holds, or one of their reports. Raises Refused, NotSent."""
        whose = identity_id or actor.identity_id
        with translated():
            await self.check_in_reach(actor, whose)
            document, assignments, requests = await asyncio.gather(
                self._client.acting(actor.caller).access.of(whose),
                self._assignments(actor, whose),
                self._granted(actor, whose),
            )
            through = await self._through(actor, document.access)
        origins = _Origins(assignments, requests, through)
        items = [_held(item, origins) for item in document.access]
        return AccessOut(
            person=PersonRef(id=document.id, name=_name_of(document)),
            items=sorted(items, key=lambda item: (item.source or "", item.name)),
            as_of=self._clock.now(),
        )

    async def requestable(
        self, actor: Actor, *, term: str | None, identity_id: str | None, offset: int
    ) -> RequestablePage:
        """What the person, or one of their reports, can ask for. Raises Refused, NotSent."""
        whose = identity_id or actor.identity_id
        with translated():
            await self.check_in_reach(actor, whose)
            page = await self._client.acting(actor.asking_about(whose)).requestable.objects(
                identity_id=whose, term=term, offset=offset, limit=PAGE
            )
        following = None if page.next_offset is None else str(page.next_offset)
        return RequestablePage(
            items=[_requestable(row) for row in page.rows], next_cursor=following
        )

    async def team(self, actor: Actor) -> TeamOut:
        """Who reports to the person. Raises Refused, NotSent."""
        with translated():
            reports = await self._client.acting(actor.caller).identities.direct_reports(
                actor.identity_id
            )
        members = [
            TeamMember(
                id=person.id,
                name=person.display_name or person.name or person.id,
                email=person.email,
                access_count=person.access_count,
            )
            for person in reports
            if not person.inactive
        ]
        members.sort(key=lambda member: member.name.casefold())
        return TeamOut(items=members, as_of=self._clock.now())

    async def check_in_reach(self, actor: Actor, identity_id: str) -> None:
        """Raises Refused unless it is the person or, by their record of now, their report."""
        if identity_id == actor.identity_id:
            return
        manager = await self._client.acting(actor.caller).identities.manager_of(identity_id)
        if manager is None or manager.id != actor.identity_id:
            raise NOT_YOUR_REPORT

    async def _through(self, actor: Actor, held: Sequence[HeldAccess]) -> Mapping[str, Grant]:
        kinds = {item.id: access_type(item.type) for item in held}
        ids = [id for id, kind in kinds.items() if kind != "entitlement"][:MAX_BUNDLES]
        try:
            bundles = await self._client.acting(actor.caller).access.bundles(ids)
        except SailPointError as error:
            log.warning("access.origin_unknown", **error.fields)
            return {}
        return _brought(sorted(bundles, key=lambda bundle: kinds[bundle.id] == "role"), kinds)

    async def _assignments(self, actor: Actor, identity_id: str) -> Mapping[str, RoleAssignment]:
        try:
            found = await self._client.acting(actor.caller).access.role_assignments(identity_id)
        except SailPointError as error:
            # What is held can be told without: where it came from is then unknown.
            log.warning("access.origin_unknown", **error.fields)
            return {}
        return {a.role.id: a for a in found if a.role is not None and a.role.id is not None}

    async def _granted(
        self, actor: Actor, identity_id: str
    ) -> Mapping[tuple[str, str], RequestStatus]:
        granted: dict[tuple[str, str], RequestStatus] = {}
        try:
            seen = 0
            client = self._client.acting(actor.asking_about(identity_id))
            async for row in client.requests.statuses(requested_for=identity_id):
                seen += 1
                if row.state == "REQUEST_COMPLETED" and row.request_type == "GRANT_ACCESS":
                    granted.setdefault((access_type(row.type), row.name or ""), row)
                if seen >= MAX_HISTORY:
                    break
        except SailPointError as error:
            log.warning("access.origin_unknown", **error.fields)
        return granted


def _brought(bundles: Iterable[Bundle], kinds: Mapping[str, str]) -> dict[str, Grant]:
    """The last bundle that brings something is the one that is named."""
    return {
        part.id: Grant.model_validate(
            {"kind": kinds[bundle.id], "id": bundle.id, "name": bundle.name}
        )
        for bundle in bundles
        for part in (*bundle.access_profiles, *bundle.entitlements)
        if part.id is not None
    }


def _held(item: HeldAccess, origins: _Origins) -> HeldOut:
    grant, request = _grant(item, origins)
    assignment = origins.assignments.get(_bringer(item, grant))
    since = assignment.added_date if assignment else None
    name = item.display_name or item.name or item.id
    technical_name = item.value or item.name
    return HeldOut(
        type=access_type(item.type),
        id=item.id,
        name=name,
        technical_name=None if technical_name == name else technical_name,
        description=item.description,
        source=item.source.name if item.source else None,
        granted_by=grant,
        since=since or (request.modified if request else None),
        ends_at=(assignment.remove_date if assignment else None)
        or (request.remove_date if request else None),
        days_used=None,
        privileged=item.privileged,
        revocable=item.revocable,
    )


def _bringer(item: HeldAccess, grant: Grant) -> str:
    """The id by which the access was given: its own, or that of the role that brings it."""
    return grant.id if grant.kind == "role" and grant.id else item.id


def _grant(item: HeldAccess, origins: _Origins) -> tuple[Grant, RequestStatus | None]:
    """Why it is held, and the request that gave it or what brings it."""
    if (request := _request(access_type(item.type), item, origins)) is not None:
        return Grant(kind="request", id=request.access_request_id, name=request.name), request
    if (through := origins.through.get(item.id)) is not None and not item.standalone:
        key = (through.kind, through.name or "")
        return through, origins.requests.get(key)
    if item.standalone is False:
        return Grant(kind="access_profile"), None
    if item.type == "ROLE" and item.revocable is False:
        return Grant(kind="birthright"), None
    return Grant(kind="unknown"), None


def _request(kind: str, item: HeldAccess, origins: _Origins) -> RequestStatus | None:
    keys = ((kind, name) for name in (item.display_name, item.name) if name is not None)
    return next((origins.requests[key] for key in keys if key in origins.requests), None)


def access_type(text: str | None) -> str:
    """SailPoint's name of a type as ours."""
    known = {"ROLE": "role", "ACCESS_PROFILE": "access_profile"}
    return known.get((text or "").upper(), "entitlement")


def _requestable(row: RequestableObject) -> RequestableOut:
    return RequestableOut(
        type=access_type(row.type),
        id=row.id,
        name=row.name or row.id,
        description=row.description,
        owner=row.owner_ref.name if row.owner_ref else None,
        status=_STATUS.get(row.request_status or "", "available"),
        reason_required=row.request_comments_required is not False,
    )


def _name_of(document: AccessDocument) -> str:
    return document.display_name or document.name or document.id


def records_of(items: Sequence[HeldOut | RequestableOut]) -> dict[str, str]:
    """How a conversation names what it was shown."""
    return {f"{item.type}:{item.id}": item.name for item in items}
