"""A call on its way through the tenant: who makes it, what it asks, and what is answered."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.datastructures import QueryParams

from modules.sandbox.sailpoint.behaviour import Delays, RequestRules, Switches
from modules.sandbox.sailpoint.errors import bad_request, forbidden
from modules.sandbox.sailpoint.journal import Change
from modules.sandbox.sailpoint.operations import Level
from modules.sandbox.sailpoint.tenant import Tenant

Json = dict[str, Any]


@dataclass(frozen=True)
class Actor:
    """Who calls. An API client has no identity."""

    client_id: str
    identity_id: str | None = None
    levels: frozenset[Level] = frozenset()

    @property
    def is_org_admin(self) -> bool:
        return Level.ORG_ADMIN in self.levels

    def has(self, *levels: Level) -> bool:
        return not self.levels.isdisjoint(levels)


@dataclass(frozen=True)
class Answer:
    """What goes back. Without a body nothing is sent beyond the head."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class ApiCall:
    """What a handler gets. `changes` collects what the call really changed.

    client_id: for the journal; the token endpoint learns it from the body
    """

    tenant: Tenant
    now: datetime
    actor: Actor
    path: dict[str, str]
    query: QueryParams
    raw_body: bytes
    delays: Delays
    switches: Switches
    rules: RequestRules
    changes: list[Change] = field(default_factory=list)
    client_id: str | None = None

    def __post_init__(self) -> None:
        self.client_id = self.actor.client_id or None

    @property
    def me(self) -> str:
        """The acting identity. Raises `ApiError` for a token without one."""
        if self.actor.identity_id is None:
            raise forbidden()
        return self.actor.identity_id

    def json(self, *, optional: bool = False) -> Any:
        """The body. Raises `ApiError` if it is no JSON."""
        if optional and not self.raw_body.strip():
            return {}
        try:
            return json.loads(self.raw_body)
        except ValueError as error:
            raise bad_request("The request could not be parsed.") from error

    def json_object(self, *, optional: bool = False) -> Json:
        body = self.json(optional=optional)
        if not isinstance(body, dict):
            raise bad_request("The request could not be parsed.")
        return body

    def whose(self, name: str) -> str | None:
        """The identity that a query parameter names, which may be `me`.

        Raises `ApiError` for another's id, except for an ORG_ADMIN.
        """
        named = self.query.get(name)
        if named in (None, "me"):
            return self.me if named else None
        if named != self.me and not self.actor.is_org_admin:
            raise forbidden()
        return named

    def after(self, step: str, action: str, subject: str) -> None:
        """Lets something happen after the delay of a step."""
        seconds = self.delays.draw(step, self.tenant.random)
        self.tenant.schedule_after(self.now, seconds, action, subject)

    def changed(
        self, kind: str, target: str, *, item: str | None = None, beneficiary: str | None = None
    ) -> None:
        self.changes.append(
            Change(
                id=0,
                call=0,
                at=self.now,
                kind=kind,
                target=target,
                item=item,
                beneficiary=beneficiary,
                actor=self.actor.identity_id,
            )
        )


Handler = Callable[[ApiCall], Answer]
