"""A web process dies at a named moment: the run ends whole all the same. All moments, at length,
are in `tests/chaos`."""

import random

import asyncpg
import pytest
from redis.asyncio import Redis

from tests.fixtures.doomed import check_whole, doomed_web, kill_at
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.fixtures.survivor import Survivor

pytestmark = pytest.mark.integration


async def test_whatever_the_moment(
    start_web: StartWeb,
    web: WebServer,
    sandbox: SandboxClient,
    database_url: str,
    redis_url: str,
    redis: Redis,
    connection: asyncpg.Connection,
) -> None:
    token = sandbox.token("employee")
    chance = random.Random(11)
    async with doomed_web(start_web, database_url, redis_url) as doomed:
        for moment in (
            "accept committed, unknown",
            "before a log flush",
            "ending committed, unknown",
        ):
            await doomed.ready()
            survivor, tokens, _ = await kill_at(doomed, web, token, moment, chance)
            late = Survivor([web], token, survivor.asked, attach=True)
            await check_whole(survivor, late, tokens, connection, redis)
