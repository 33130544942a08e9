"""SailPoint is spared by all processes at once while it fails."""

import uuid
from collections.abc import Callable

import pytest

from modules.backend.clients.sailpoint.client import SailPoint
from modules.backend.clients.sailpoint.errors import SailPointError
from modules.backend.core.redis import RedisStores
from modules.backend.services.llm.breaker_state import BreakerPolicy
from modules.backend.services.llm.shared import SharedState
from modules.backend.services.sailpoint_breaker import SailPointBreaker
from tests.fixtures.clock import FakeClock
from tests.integration.sailpoint.conftest import OpenClient
from tests.integration.sailpoint.server import Reply, Server

pytestmark = pytest.mark.integration

POLICY = BreakerPolicy(least_calls=6)
AWAY = Reply(503, {})
TRIES = 3

MakeBreaker = Callable[[RedisStores], SailPointBreaker]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def make_breaker(clock: FakeClock) -> MakeBreaker:
    """Breakers of one tenant in virtual time, each as a process of its own would have it."""
    tenant = uuid.uuid4().hex

    def make(stores: RedisStores) -> SailPointBreaker:
        shared = SharedState(stores, clock, now=lambda: round(clock.now().timestamp() * 1000))
        return SailPointBreaker(shared, tenant, clock, POLICY)

    return make


async def read(client: SailPoint) -> str:
    """Reads, and returns the code of the fault."""
    with pytest.raises(SailPointError) as fault:
        await client.identities.manager_of("i")
    return fault.value.code


async def test_what_fails_is_left_alone_by_every_process_and_tried_by_one(
    open_client: OpenClient,
    server: Server,
    stores: RedisStores,
    make_breaker: MakeBreaker,
    clock: FakeClock,
) -> None:
    one = await open_client(breaker=make_breaker(stores))
    other = await open_client(breaker=make_breaker(stores))
    server.will(*[AWAY] * POLICY.least_calls)
    for _ in range(POLICY.least_calls // TRIES):
        assert await read(one) == "sailpoint_unavailable"
    asked = len(server.requests)

    assert await read(one) == await read(other) == "sailpoint_paused"
    assert len(server.requests) == asked
    clock.advance(POLICY.open)
    # The server knows nobody: an answer is an answer.
    assert await read(other) == "sailpoint_not_found"
    assert await read(one) == "sailpoint_not_found"


@pytest.mark.parametrize("status", [400, 403, 404, 409])
async def test_refusals_are_no_failures(
    open_client: OpenClient,
    server: Server,
    stores: RedisStores,
    make_breaker: MakeBreaker,
    status: int,
) -> None:
    client = await open_client(breaker=make_breaker(stores))
    server.will(*[Reply(status, {})] * 2 * POLICY.least_calls)

    codes = {await read(client) for _ in range(2 * POLICY.least_calls)}
    assert "sailpoint_paused" not in codes


async def test_without_redis_a_process_decides_by_itself(
    open_client: OpenClient, server: Server, no_redis: RedisStores, make_breaker: MakeBreaker
) -> None:
    client = await open_client(stores=no_redis, breaker=make_breaker(no_redis))
    server.will(*[AWAY] * POLICY.least_calls)
    for _ in range(POLICY.least_calls // TRIES):
        await read(client)

    assert await read(client) == "sailpoint_paused"
