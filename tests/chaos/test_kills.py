"""`kill -9` of the generating process, at every named moment, with the client coming back."""

import asyncio
import itertools
import logging
import os
import random
from collections import defaultdict
from contextlib import AsyncExitStack

import asyncpg
import pytest
from redis.asyncio import Redis

from tests.chaos.conftest import Table, percentile
from tests.fixtures.doomed import MOMENTS, NeverCame, check_whole, doomed_web, kill_at
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.fixtures.survivor import Survivor

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

log = logging.getLogger(__name__)

SEED = int(os.environ.get("CHAOS_SEED", "20261129"))
KILLS = int(os.environ.get("CHAOS_KILLS", "200"))
AT_ONCE = 4


async def test_every_answer_is_whole_after_a_kill(
    start_web: StartWeb,
    web: WebServer,
    sandbox: SandboxClient,
    database_url: str,
    redis_url: str,
    redis: Redis,
    table: Table,
) -> None:
    chance = random.Random(SEED)
    token = sandbox.token("employee")
    trials = list(itertools.islice(itertools.cycle(MOMENTS), KILLS))
    chance.shuffle(trials)
    recoveries: dict[str, list[float]] = defaultdict(list)

    async with AsyncExitStack() as stack:
        database = await asyncpg.create_pool(
            database_url.replace("+asyncpg", ""), min_size=0, max_size=AT_ONCE
        )
        stack.push_async_callback(database.close)
        doomed = [
            await stack.enter_async_context(doomed_web(start_web, database_url, redis_url))
            for _ in range(AT_ONCE)
        ]

        async def work(number: int) -> None:
            own = random.Random(SEED + number)
            while trials:
                moment = trials.pop()
                await doomed[number].ready()
                try:
                    survivor, tokens, seconds = await kill_at(
                        doomed[number], web, token, moment, own
                    )
                except NeverCame:
                    trials.append(moment)  # nobody was killed: once more
                    continue
                late = Survivor([web], token, survivor.asked, attach=True)
                try:
                    async with database.acquire() as connection:
                        await check_whole(survivor, late, tokens, connection, redis)
                except Exception as error:
                    error.add_note(f"killed {moment}")
                    raise
                recoveries[moment].append(seconds)
                log.info("%s: whole after %.1f s, %d left", moment, seconds, len(trials))

        async with asyncio.TaskGroup() as group:
            for number in range(AT_ONCE):
                group.create_task(work(number))

    seconds = [each for several in recoveries.values() for each in several]
    for moment, several in recoveries.items():
        table.add(f"kill -9: {moment}", f"{len(several)} whole", several)
    table.add("kill -9: all moments", f"{len(seconds)} of {KILLS} whole", seconds)
    assert len(seconds) == KILLS
    assert percentile(seconds, 99) < 15
