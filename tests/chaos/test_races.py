"""Races, again and again: each has one outcome, the one that the person was told."""

import asyncio
import random
import time
from collections import Counter

import asyncpg
import pytest

from modules.backend.core.database import Database
from tests.chaos.conftest import Table
from tests.fixtures.doomed import doomed_web
from tests.fixtures.races import Tabs, cancel_against_kill
from tests.fixtures.rest import Someone
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

RACES = 200
RUNS_A_KILL = 8
TABS_AT_ONCE = 10


async def test_cancel_against_a_kill(
    start_web: StartWeb,
    sandbox: SandboxClient,
    database_url: str,
    redis_url: str,
    table: Table,
) -> None:
    chance = random.Random(7)
    token = sandbox.token("employee")
    told: Counter[str] = Counter()
    seconds: list[float] = []
    pool = await asyncpg.create_pool(database_url.replace("+asyncpg", ""), min_size=0, max_size=2)
    web = start_web()
    async with doomed_web(start_web, database_url, redis_url) as doomed:
        while told.total() < RACES:
            await doomed.ready()
            began = time.monotonic()
            told.update(
                await cancel_against_kill(doomed, web, token, pool, chance, runs=RUNS_A_KILL)
            )
            seconds.append(time.monotonic() - began)
    await pool.close()

    table.add("cancel against kill -9", f"{told.total()} as told: {dict(told)}", seconds)
    assert set(told) == {"cancelled", "finished"}


async def test_two_tabs_answer_one_interrupt(
    web: WebServer, other_web: WebServer, database: Database, someone: Someone, table: Table
) -> None:
    tabs = Tabs(someone.id, someone.token, (web, other_web))
    left = list(range(RACES))
    outcomes: Counter[str] = Counter()

    async def work(chance: random.Random) -> None:
        while left:
            left.pop()
            said, refused = await tabs.answer_one_interrupt(database, chance)
            outcomes.update([said, refused])

    async with asyncio.TaskGroup() as group:
        for number in range(TABS_AT_ONCE):
            group.create_task(work(random.Random(number)))

    table.add("two tabs, one interrupt", f"{RACES} with one winner: {dict(outcomes)}")
    assert set(outcomes) <= {"confirmed", "declined", "proposal_decided", "conversation_busy"}
    assert outcomes["confirmed"] + outcomes["declined"] == RACES
