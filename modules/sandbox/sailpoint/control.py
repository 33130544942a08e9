"""Orders from tests to the tenant: faults, clock, pace, limits, tokens, records and journal."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from modules.sandbox.faults import QueueFullError
from modules.sandbox.sailpoint.behaviour import DelayProfile, Delays, RequestRules, Switches
from modules.sandbox.sailpoint.clients import Client, ClientKind
from modules.sandbox.sailpoint.faults import Fault
from modules.sandbox.sailpoint.journal import MAX_CALLS, Call, Change
from modules.sandbox.sailpoint.limiter import Limit
from modules.sandbox.sailpoint.operations import ALL_SCOPES
from modules.sandbox.sailpoint.seed import Seed
from modules.sandbox.sailpoint.world import World

PREFIX = "/control/sailpoint"
MAX_ADVANCE = 400 * 86_400


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClockOrder(_Order):
    """freeze: stands still, at `at` if it is given; follow: runs again; then goes forward."""

    mode: Literal["freeze", "follow"] | None = None
    at: datetime | None = None
    advance_seconds: float = Field(default=0, ge=0, le=MAX_ADVANCE)


class ClockView(BaseModel):
    now: datetime
    frozen: bool


class LimitView(Limit):
    """`refused` counts since the last reset."""

    refused: int


class TokenOrder(_Order):
    """expires_in: the lifetime of tokens from now on. expire: voids those of a client, or all."""

    expires_in: int | None = Field(default=None, ge=1, le=43_200)
    expire: bool = False
    client_id: str = ""


class ClientOrder(_Order):
    """A client of its own. `alias` names the identity that a personal access token acts as."""

    id: str = Field(min_length=1, max_length=100)
    kind: ClientKind
    alias: str | None = None
    scopes: list[str] = [ALL_SCOPES]


class PersonOrder(_Order):
    """What is different about somebody from now on; what is left out stays."""

    manager: str | None = None
    active: bool | None = None


class JournalPage(BaseModel):
    """The latest calls, and what was counted since the last reset."""

    total: int
    by_operation: dict[str, int]
    by_status: dict[int, int]
    changes_by_kind: dict[str, int]
    calls: list[Call]


def build_router(world: World) -> APIRouter:
    router = APIRouter(prefix=PREFIX, tags=["control"])
    for add in (_add_faults, _add_behaviour, _add_clients, _add_records, _add_journal):
        add(router, world)
    return router


def _add_faults(router: APIRouter, world: World) -> None:
    @router.get("/faults")
    async def list_faults() -> list[Fault]:
        return world.faults.pending()

    @router.post("/faults", status_code=201)
    async def queue_fault(fault: Fault) -> Fault:
        try:
            world.faults.add(fault)
        except QueueFullError as error:
            raise HTTPException(409, str(error)) from error
        return fault

    @router.delete("/faults", status_code=204)
    async def drop_faults() -> None:
        world.faults.clear()


def _add_behaviour(router: APIRouter, world: World) -> None:
    @router.get("/clock")
    async def read_clock() -> ClockView:
        return ClockView(now=world.clock.now(), frozen=world.clock.frozen)

    @router.post("/clock")
    async def set_clock(order: ClockOrder) -> ClockView:
        if order.mode == "freeze":
            world.clock.freeze(order.at and order.at.astimezone(UTC))
        elif order.mode == "follow":
            world.clock.follow()
        world.clock.advance(order.advance_seconds)
        return await read_clock()

    @router.post("/delays")
    async def set_delays(order: DelayProfile | Delays) -> Delays:
        """The name of a profile, or spans of seconds; a span left out keeps its default."""
        world.delays = Delays.of(order) if isinstance(order, DelayProfile) else order
        return world.delays

    @router.post("/switches")
    async def set_switches(switches: Switches) -> Switches:
        world.switches = switches
        return switches

    @router.post("/rules")
    async def set_rules(rules: RequestRules) -> RequestRules:
        world.rules = rules
        return rules

    @router.get("/limit")
    async def read_limit() -> LimitView:
        return LimitView(**world.limiter.limit.model_dump(), refused=world.limiter.refused)

    @router.post("/limit")
    async def set_limit(limit: Limit) -> LimitView:
        world.limiter.limit = limit
        return await read_limit()


def _add_clients(router: APIRouter, world: World) -> None:
    @router.post("/tokens")
    async def order_tokens(order: TokenOrder) -> dict[str, int]:
        if order.expires_in is not None:
            world.tokens.lifetime = order.expires_in
        expired = world.tokens.expire_all(order.client_id) if order.expire else 0
        return {"expires_in": world.tokens.lifetime, "expired": expired}

    @router.post("/clients", status_code=201)
    async def register_client(order: ClientOrder) -> ClientOrder:
        client = Client(order.id, order.kind, order.alias, frozenset(order.scopes))
        try:
            world.clients.register(client)
        except ValueError as error:
            raise HTTPException(409, str(error)) from error
        return order


def _add_records(router: APIRouter, world: World) -> None:
    @router.post("/reset", status_code=204)
    async def reset(seed: Seed | None = None) -> None:
        """The demo data of the seed, and everything else as at the start."""
        world.reset(seed or Seed())

    @router.post("/people/{alias}", status_code=204)
    async def change_person(alias: str, order: PersonOrder) -> None:
        """Somebody moves to another manager, leaves, or comes back."""
        identity = world.tenant.identity_by_alias(alias)
        manager = world.tenant.identity_by_alias(order.manager) if order.manager else None
        if identity is None or (order.manager and manager is None):
            raise HTTPException(404, "There is nobody of that alias.")
        if manager is not None:
            identity.manager_id = manager.id
        if order.active is not None:
            identity.active = order.active

    @router.post("/snapshots/{name}", status_code=201)
    async def keep(name: str) -> None:
        try:
            world.snapshot(name)
        except ValueError as error:
            raise HTTPException(409, str(error)) from error

    @router.post("/snapshots/{name}/restore", status_code=204)
    async def restore(name: str) -> None:
        try:
            world.restore(name)
        except KeyError as error:
            raise HTTPException(404, f"There is no snapshot {name!r}.") from error


def _add_journal(router: APIRouter, world: World) -> None:
    journal = world.journal

    @router.get("/journal")
    async def read_journal(
        operation: str = "", limit: Annotated[int, Query(ge=1, le=MAX_CALLS)] = 200
    ) -> JournalPage:
        return JournalPage(
            total=journal.by_operation.total(),
            by_operation=dict(journal.by_operation),
            by_status=dict(journal.by_status),
            changes_by_kind=dict(journal.changes_by_kind),
            calls=journal.calls(operation=operation, limit=limit),
        )

    @router.get("/changes")
    async def list_changes(target: str = "", kind: str = "") -> list[Change]:
        """What really changed. `target`: a record, an access or a beneficiary."""
        return journal.changes(target=target, kind=kind)
