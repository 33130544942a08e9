"""Both stores stopped and started again, and killed, under twenty answers at a time."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from tests.chaos.conftest import Table
from tests.fixtures.chat import new_id, run_input
from tests.fixtures.effect_store import OwnStores
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.fixtures.survivor import Survivor, words

pytestmark = [
    pytest.mark.integration,
    pytest.mark.chaos,
    pytest.mark.xdist_group("own_stores"),
]

ROUNDS = 3
RUNS = 20
AWAY_SECONDS = 2.0

Start = Callable[[], None]


def killed_redis(stores: OwnStores) -> Start:
    stores.redis.kill()
    return stores.stop_redis()


def killed_postgres(stores: OwnStores) -> Start:
    stores.postgres.kill()
    return stores.stop_postgres()


FAULTS: dict[str, Callable[[OwnStores], Start]] = {
    "Redis restarted": OwnStores.stop_redis,
    "Redis killed": killed_redis,
    "PostgreSQL restarted": OwnStores.stop_postgres,
    "PostgreSQL killed": killed_postgres,
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_run_ends_whole_or_may_be_asked_again(
    own_stores: OwnStores, start_web: StartWeb, sandbox: SandboxClient, table: Table, fault: str
) -> None:
    chance = random.Random(fault)
    start = partial(
        start_web,
        DATABASE_URL=own_stores.database_url,
        REDIS_URL=own_stores.redis_url,
    )
    webs = [start(), start()]
    token = sandbox.token("employee")
    seconds: list[float] = []
    outcomes = Counter[str]()
    for _ in range(ROUNDS):
        asked = [_ask(webs, token, chance) for _ in range(RUNS)]
        following = [asyncio.create_task(survivor.follow()) for survivor, _ in asked]
        await asyncio.sleep(chance.uniform(0.5, 3))
        start_again = await asyncio.to_thread(FAULTS[fault], own_stores)
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.to_thread(start_again)
        back = time.monotonic()
        await asyncio.gather(*following)
        seconds.append(time.monotonic() - back)
        outcomes += Counter(outcome(survivor, tokens) for survivor, tokens in asked)

    table.add(fault, ", ".join(f"{n} {word}" for word, n in outcomes.items()), seconds)
    assert outcomes.total() == ROUNDS * RUNS
    assert outcomes["whole"] > outcomes["retryable"]
    for web in webs:
        await asyncio.to_thread(web.child.stop)


def outcome(survivor: Survivor, tokens: int) -> str:
    """How an answer came out: it may fail only so that the person can ask again."""
    end = survivor.held.events[-1]
    if end["type"] == "RUN_ERROR":
        assert end["metadata"]["retryable"], end
        return "retryable"
    assert (end["type"], survivor.held.text) == ("RUN_FINISHED", words(tokens)), end
    return "whole"


def _ask(webs: list[WebServer], token: str, chance: random.Random) -> tuple[Survivor, int]:
    tokens = chance.randrange(20, 60)
    asked = run_input(f"Store {new_id()} [[sandbox tokens={tokens} delay_ms=100]]")
    return Survivor(chance.sample(webs, 2), token, asked), tokens
