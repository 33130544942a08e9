"""Fencing, again and again: owners that are stopped past their lease, and woken."""

import random
import time

import asyncpg
import pytest
from redis.asyncio import Redis

from tests.chaos.conftest import Table
from tests.fixtures.doomed import doomed_web
from tests.fixtures.paused import pause_past_its_lease
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

PAUSES = 20


async def test_paused_owners_change_nothing(
    start_web: StartWeb,
    web: WebServer,
    sandbox: SandboxClient,
    database_url: str,
    redis_url: str,
    redis: Redis,
    connection: asyncpg.Connection,
    table: Table,
) -> None:
    chance = random.Random(6)
    seconds: list[float] = []
    async with doomed_web(start_web, database_url, redis_url) as doomed:
        for _ in range(PAUSES):
            began = time.monotonic()
            await doomed.ready()
            await pause_past_its_lease(doomed, web, sandbox, connection, redis, chance)
            seconds.append(time.monotonic() - began)

    table.add("SIGSTOP past the lease, SIGCONT", f"{len(seconds)} of {PAUSES} fenced", seconds)
