"""Redis loses what it held: every answer goes on, and its readers start over."""

import random

import pytest
from redis.asyncio import Redis

from tests.fixtures.log_faults import survives_a_flush
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


async def test_a_flushed_redis_costs_the_live_view_alone(
    web: WebServer, other_web: WebServer, sandbox: SandboxClient, redis: Redis
) -> None:
    chance = random.Random(7)
    token = sandbox.token("employee")
    resets = [await survives_a_flush(web, other_web, token, redis, chance) for _ in range(3)]

    assert all(count >= 1 for count in resets)
