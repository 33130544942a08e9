"""Fencing: a process that slept past its lease changes nothing when it wakes up."""

import random

import asyncpg
import pytest
from redis.asyncio import Redis

from tests.fixtures.doomed import doomed_web
from tests.fixtures.paused import pause_past_its_lease
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


async def test_a_paused_owner_changes_nothing(
    start_web: StartWeb,
    web: WebServer,
    sandbox: SandboxClient,
    database_url: str,
    redis_url: str,
    redis: Redis,
    connection: asyncpg.Connection,
) -> None:
    async with doomed_web(start_web, database_url, redis_url) as doomed:
        await pause_past_its_lease(doomed, web, sandbox, connection, redis, random.Random(6))
