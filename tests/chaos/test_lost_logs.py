"""Redis flushed in mid-answer, with one reader beside the owner and one elsewhere."""

import asyncio
import random
import time

import pytest
from redis.asyncio import Redis

from tests.chaos.conftest import Table
from tests.fixtures.log_faults import survives_a_flush
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

FLUSHES = 50


async def test_every_run_ends_whole_though_redis_was_flushed(
    web: WebServer, other_web: WebServer, sandbox: SandboxClient, redis: Redis, table: Table
) -> None:
    chance = random.Random(8)
    token = sandbox.token("employee")
    seconds: list[float] = []
    resets = 0
    for _ in range(FLUSHES):
        began = time.monotonic()
        count = await survives_a_flush(web, other_web, token, redis, chance)
        assert count >= 1, "a reader that held something was not told to start over"
        resets += count
        seconds.append(time.monotonic() - began)
        await asyncio.sleep(0)

    table.add(
        "FLUSHALL in mid-answer", f"{len(seconds)} of {FLUSHES} whole, {resets} resets", seconds
    )
