"""A process's way to SailPoint, where a tenant is configured; and what stands in where none is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from modules.backend.clients.sailpoint.client import SailPoint, open_sailpoint
from modules.backend.clients.sailpoint.errors import SailPointError
from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import RedisStores
from modules.backend.core.settings import SailPointSettings
from modules.backend.services.actions.actors import NoActors
from modules.backend.services.actions.changes import Changes
from modules.backend.services.actions.executor import Executor
from modules.backend.services.base import Base
from modules.backend.services.chat.ownership import Ownership
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.connections.connections import (
    Connections,
    PersonalConnections,
    ServiceConnections,
)
from modules.backend.services.connections.keeper import Keeper, PersonSeal
from modules.backend.services.desk import Desk
from modules.backend.services.following import Following
from modules.backend.services.identities import Identities
from modules.backend.services.llm.breaker_state import BreakerPolicy
from modules.backend.services.llm.shared import SharedState
from modules.backend.services.readings.wishes import Enqueue, Readings, left_to_rescan
from modules.backend.services.sailpoint_breaker import SailPointBreaker

log = get_logger(__name__)

START_SECONDS = 3.0
"""How long a process waits at its start to learn whose token it has."""


@asynccontextmanager
async def open_desk(
    settings: SailPointSettings,
    database: Database,
    stores: RedisStores,
    clock: Clock,
    enqueue: Enqueue = left_to_rescan,
) -> AsyncIterator[Desk | None]:
    """None where no tenant is configured.

    Raises ConfigurationError for settings that cannot be, and for a service identity that is none.
    """
    if settings.sailpoint_base_url is None:
        yield None
        return
    keeper = None
    if settings.sailpoint_auth_mode == "user":
        keeper = Keeper(database, PersonSeal.of(settings), clock)
    breaker = make_breaker(settings, stores, clock)
    async with open_sailpoint(settings, stores, clock, breaker=breaker, people=keeper) as client:
        await _check(client)
        actors = Identities(client, database, stores)
        connections: Connections = ServiceConnections()
        if keeper is not None and client.personal is not None:
            connections = PersonalConnections(client.personal, keeper, actors, stores, clock)
        readings = Readings(database, clock, enqueue)
        yield Desk.of(
            client,
            actors,
            connections,
            readings,
            database,
            clock,
            may_sign_off=settings.may_sign_off,
        )


def make_breaker(
    settings: SailPointSettings, stores: RedisStores, clock: Clock
) -> SailPointBreaker:
    """What spares the tenant for all processes at once."""
    policy = BreakerPolicy(least_calls=settings.sailpoint_breaker_calls)
    tenant = settings.sailpoint_base_url or ""
    return SailPointBreaker(SharedState(stores, clock), tenant, clock, policy)


async def _check(client: SailPoint) -> None:
    """Raises ServiceIdentityMissing. No start waits for SailPoint: the first token tells as well.

    A process that starts while SailPoint is away refuses every call if the token is of nobody.
    """
    try:
        async with asyncio.timeout(START_SECONDS):
            await client.check_service_identity()
    except TimeoutError:
        log.warning("sailpoint.identity_unchecked", code="timeout")
    except SailPointError as error:
        log.warning("sailpoint.identity_unchecked", **error.fields)


def make_executor(desk: Desk | None, base: Base, ownership: Ownership) -> Executor:
    """What executes confirmed changes; without a tenant it leaves all of them alone."""
    return Executor(
        base.database,
        {} if desk is None else desk.kinds.by_name(),
        NoActors() if desk is None else desk.actors,
        base.bells,
        base.clock,
        presence=None if desk is None else desk.presence,
        may_send=lambda: ownership.is_current,
    )


def make_following(desk: Desk | None, base: Base) -> Following | None:
    """What follows people's requests and approvals; without a tenant there is nothing to follow."""
    if desk is None:
        return None
    return Following(desk.client, desk.requests, desk.actors, base.database, base.bells, base.clock)


def make_changes(desk: Desk | None, proposals: Proposals) -> Changes:
    """What people prepare without a model; without a tenant there is nothing to prepare."""
    if desk is None:
        return Changes({}, NoActors(), proposals)
    return Changes(desk.kinds.by_name(), desk.actors, proposals)
