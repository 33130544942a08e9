"""`kill -9` of the generating process, at every named moment, with the client coming back."""

import asyncio
import itertools
import logging
import os
import random
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import asyncpg
import pytest
from redis.asyncio import Redis

from tests.chaos.conftest import Table, percentile
from tests.fixtures.doomed import MOMENTS, Doomed, NeverCame, check_whole, doomed_web, kill_at
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.fixtures.survivor import Survivor

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

log = logging.getLogger(__name__)

SEED = int(os.environ.get("CHAOS_SEED", "20261129"))
KILLS = int(os.environ.get("CHAOS_KILLS", "200"))
AT_ONCE = 4


@dataclass
class Killing:
    """Kills processes at moments that are left, a process at a time for each of the doomed."""

    doomed: list[Doomed]
    rescuer: WebServer
    token: str
    database: asyncpg.Pool
    redis: Redis
    left: list[str]
    recoveries: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def go_on(self, number: int) -> None:
        chance = random.Random(SEED + number)
        while self.left:
            moment = self.left.pop()
            await self.doomed[number].ready()
            try:
                seconds = await self._kill(self.doomed[number], moment, chance)
            except NeverCame:
                self.left.append(moment)  # nobody was killed: once more
                continue
            except Exception as error:
                error.add_note(f"killed {moment}")
                raise
            self.recoveries[moment].append(seconds)
            log.info("%s: whole after %.1f s, %d left", moment, seconds, len(self.left))

    async def _kill(self, doomed: Doomed, moment: str, chance: random.Random) -> float:
        """Returns the seconds to recovery."""
        survivor, tokens, seconds = await kill_at(doomed, self.rescuer, self.token, moment, chance)
        late = Survivor([self.rescuer], self.token, survivor.asked, attach=True)
        async with self.database.acquire() as connection:
            await check_whole(survivor, late, tokens, connection, self.redis)
        return seconds


async def test_every_answer_is_whole_after_a_kill(
    start_web: StartWeb,
    web: WebServer,
    sandbox: SandboxClient,
    database_url: str,
    redis_url: str,
    redis: Redis,
    table: Table,
) -> None:
    trials = list(itertools.islice(itertools.cycle(MOMENTS), KILLS))
    random.Random(SEED).shuffle(trials)
    url = database_url.replace("+asyncpg", "")
    async with AsyncExitStack() as stack:
        database = await asyncpg.create_pool(url, min_size=0, max_size=AT_ONCE)
        stack.push_async_callback(database.close)
        doomed = [
            await stack.enter_async_context(doomed_web(start_web, database_url, redis_url))
            for _ in range(AT_ONCE)
        ]
        killing = Killing(doomed, web, sandbox.token("employee"), database, redis, trials)
        async with asyncio.TaskGroup() as group:
            for number in range(AT_ONCE):
                group.create_task(killing.go_on(number))

    seconds = [each for several in killing.recoveries.values() for each in several]
    for moment, several in killing.recoveries.items():
        table.add(f"kill -9: {moment}", f"{len(several)} whole", several)
    table.add("kill -9: all moments", f"{len(seconds)} of {KILLS} whole", seconds)
    assert len(seconds) == KILLS
    assert percentile(seconds, 99) < 15
