"""The way of a call through the tenant: fault, token, rate limit, authorisation, handler."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from modules.sandbox.sailpoint.api_call import Actor, Answer, ApiCall, Handler
from modules.sandbox.sailpoint.errors import (
    ApiError,
    TokenError,
    bad_request,
    forbidden,
    not_found,
)
from modules.sandbox.sailpoint.faults import Fault, FaultKind
from modules.sandbox.sailpoint.journal import Call
from modules.sandbox.sailpoint.operations import ALL_SCOPES, Operation, TokenKind, find_operation
from modules.sandbox.sailpoint.spoiling import Delivery, Spoiled, fail_with, spoil
from modules.sandbox.sailpoint.tokens import Grant
from modules.sandbox.sailpoint.world import World

UNKNOWN = "unknown"
EXPERIMENTAL_HEADER = "x-sailpoint-experimental"
BEFORE_HANDLING = frozenset({FaultKind.HANG, FaultKind.RESET, FaultKind.STATUS})


@dataclass(frozen=True)
class Gateway:
    """Answers every path under `/sailpoint`."""

    world: World
    handlers: dict[str, Handler]

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        path = "/" + str(request.path_params["path"])
        operation, parameters = find_operation(request.method, path) or (None, {})
        now = self.world.clock.now()
        call = self.world.journal.open(
            at=now,
            operation=operation.name if operation else UNKNOWN,
            method=request.method,
            path=path,
            query=request.url.query,
            body=body,
            tracking_id=uuid.uuid4().hex,
        )
        fault = self.world.faults.take(
            lambda fault: fault.strikes(operation=call.operation, method=call.method)
        )
        call.fault = fault.kind if fault else None
        passage = _Passage(self.world, request, operation, parameters, body, fault, call, now)
        return Delivery(
            passage.outcome(self.handlers), fault=fault, call=call, journal=self.world.journal
        )


@dataclass(frozen=True)
class _Passage:
    """One call at the gateway."""

    world: World
    request: Request
    operation: Operation | None
    parameters: dict[str, str]
    body: bytes
    fault: Fault | None
    call: Call
    now: datetime

    def outcome(self, handlers: dict[str, Handler]) -> Spoiled:
        fault, tracking_id = self.fault, self.call.tracking_id
        try:
            if fault and fault.kind in BEFORE_HANDLING:
                return fail_with(fault, tracking_id)
            answer = self._handled(handlers)
        except ApiError as error:
            body = json.dumps(error.body(tracking_id), ensure_ascii=False).encode()
            return Spoiled(error.status, body, error.headers)
        if fault and fault.kind is FaultKind.COMMIT_THEN_FAIL:
            return fail_with(fault, tracking_id)
        return spoil(answer, fault)

    def _handled(self, handlers: dict[str, Handler]) -> Answer:
        """Carries the call out. Raises `ApiError`."""
        self.world.settle(self.now)
        actor = self._actor()
        if self.operation is None:
            raise not_found()
        api_call = ApiCall(
            tenant=self.world.tenant,
            now=self.now,
            actor=actor,
            path=self.parameters,
            query=self.request.query_params,
            raw_body=self.body,
            delays=self.world.delays,
            switches=self.world.switches,
            rules=self.world.rules,
        )
        try:
            return handlers[self.operation.name](api_call)
        finally:
            self.call.client_id = api_call.client_id
            for change in api_call.changes:
                self.world.journal.record(self.call, change)

    def _actor(self) -> Actor:
        """Who calls. Raises `ApiError` if token, rate or operation do not allow it."""
        if self.operation and not self.operation.kinds:
            return Actor("")
        grant = self._grant()
        self.call.client_id, self.call.identity = grant.client_id, grant.identity_id
        version = self.operation.version if self.operation else UNKNOWN
        self.world.limiter.admit(grant.client_id, version, self.now)
        actor = Actor(grant.client_id, grant.identity_id, self.world.levels_of(grant.identity_id))
        if self.operation:
            self._authorise(self.operation, actor, grant)
        return actor

    def _grant(self) -> Grant:
        scheme, _, token = self.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise TokenError("Missing or invalid authorization header")
        grant, jti = self.world.tokens.check(token, self.now)
        if self.fault and self.fault.kind is FaultKind.EARLY_EXPIRY:
            self.world.tokens.expire(jti)
            self.world.tokens.check(token, self.now)
        return grant

    def _authorise(self, operation: Operation, actor: Actor, grant: Grant) -> None:
        kind = TokenKind.USER if actor.identity_id else TokenKind.APPLICATION
        if kind not in operation.kinds:
            raise forbidden()
        if kind is TokenKind.USER and not actor.has(*operation.levels):
            raise forbidden()
        if ALL_SCOPES not in grant.scopes and operation.scopes.isdisjoint(grant.scopes):
            raise ApiError(self.world.switches.missing_scope)
        if operation.experimental and EXPERIMENTAL_HEADER not in self.request.headers:
            raise bad_request("The X-SailPoint-Experimental header is required.")
