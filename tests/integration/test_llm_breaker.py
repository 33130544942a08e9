"""The breaker over several processes, with its real scripts in Redis."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from modules.backend.core.redis import Purpose
from modules.backend.services.llm.breaker import Breaker
from modules.backend.services.llm.breaker_state import (
    BreakerPolicy,
    ProcessBreakerState,
    SharedBreakerState,
    Verdict,
)
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import ChatMessage, LLMRequest, TextDelta
from modules.backend.services.llm.shared import TRY_AGAIN_SECONDS, SharedState
from modules.sandbox.launcher.processes import Child
from modules.sandbox.launcher.valkey import start_valkey
from tests.fixtures.chat import new_id
from tests.fixtures.clock import FakeClock
from tests.fixtures.llm import DEADLINE_SECONDS, held_in, read, redis_stores, shared_state
from tests.fixtures.scripted import WAIT, ScriptedProvider, Step

pytestmark = pytest.mark.integration

POLICY = BreakerPolicy()
REQUEST = LLMRequest([ChatMessage("user", "Hello")])
HELLO: list[Step] = [TextDelta("Hello")]
DOWN: list[Step] = [Fault.LLM_UNREACHABLE.error()]


class CountedState(SharedState):
    """Counts the round trips to Redis."""

    trips = 0

    async def run(self, script: str, keys: Sequence[str], ask: Mapping[str, Any]) -> Any:
        self.trips += 1
        return await super().run(script, keys, ask)


class Both:
    """Two processes before one deployment, in virtual time."""

    def __init__(self, redis_url: str) -> None:
        self.clock = FakeClock()
        self.name = new_id()
        self.model = ScriptedProvider()
        self.model.name = self.name
        self.stores = [redis_stores(redis_url) for _ in range(2)]
        self.shared = [CountedState(one, self.clock, now=self.now) for one in self.stores]
        counted = Metered(self.model, self.clock)
        self.breakers = [Breaker(counted, shared, self.clock) for shared in self.shared]

    def now(self) -> int:
        return round(self.clock.now().timestamp() * 1000)

    async def ask(self, process: int, script: list[Step]) -> str | None:
        self.model.plays(script)
        return (await read(self.breakers[process], REQUEST))[1]

    async def open(self) -> None:
        for number in range(POLICY.least_calls):
            assert await self.ask(number % 2, DOWN) == "llm_unreachable"

    async def held(self) -> dict[str, int]:
        redis = self.stores[0].client(Purpose.LIMIT)
        return await held_in(redis, [f"{self.name}:scripted-chat"])


@pytest_asyncio.fixture
async def both(redis_url: str) -> AsyncIterator[Both]:
    both = Both(redis_url)
    yield both
    for stores in both.stores:
        await stores.close()
    assert both.model.open == 0


async def test_failures_of_both_open_it_for_both(both: Both) -> None:
    await both.open()

    assert [await both.ask(process, HELLO) for process in (0, 1)] == ["llm_paused"] * 2
    assert both.model.calls == POLICY.least_calls


async def test_a_good_probe_of_one_closes_it_for_both(both: Both) -> None:
    await both.open()
    both.clock.advance(POLICY.open)

    assert [await both.ask(process, HELLO) for process in (0, 1, 0)] == [None] * 3


async def test_while_one_probes_the_other_is_refused(both: Both) -> None:
    await both.open()
    both.clock.advance(POLICY.open)
    probe = asyncio.create_task(both.ask(0, [WAIT]))
    async with asyncio.timeout(DEADLINE_SECONDS):
        await both.model.waits.wait()

    assert await both.ask(1, HELLO) == "llm_paused"
    assert (await both.held())["probes"] == 1
    probe.cancel()
    await asyncio.wait([probe])
    assert (await both.held())["probes"] == 0
    assert await both.ask(1, HELLO) is None


@pytest.mark.parametrize("turns", range(8))
async def test_wherever_a_probe_is_cancelled_it_leaves_no_token(both: Both, turns: int) -> None:
    await both.open()
    both.clock.advance(POLICY.open)
    probe = asyncio.create_task(both.ask(0, [WAIT]))
    for _ in range(turns):
        await asyncio.sleep(0)
    probe.cancel()
    await asyncio.wait([probe])

    assert probe.cancelled()
    assert (await both.held())["probes"] == 0


async def test_costs_one_round_trip_before_a_call_and_one_after(both: Both) -> None:
    for script in (HELLO, DOWN):
        both.shared[0].trips = 0
        await both.ask(0, script)
        assert both.shared[0].trips == 2


@pytest.mark.parametrize("seed", range(20))
async def test_a_process_alone_decides_as_all_do_together(redis_url: str, seed: int) -> None:
    """The script and the code for one process are two tellings of one rule."""
    dice, clock = random.Random(seed), FakeClock()
    async with shared_state(
        redis_url, clock, now=lambda: round(clock.now().timestamp() * 1000)
    ) as shared:
        states = (
            SharedBreakerState(shared, new_id(), POLICY),
            ProcessBreakerState(clock, POLICY),
        )
        under_way: list[str] = []
        failing = 0.5
        for number in range(300):
            clock.advance(dice.choice([0, 0.5, 2, 16, 70]) if dice.random() < 0.4 else 0)
            failing = dice.random() if dice.random() < 0.1 else failing
            if under_way and dice.random() < 0.5:
                call = under_way.pop(dice.randrange(len(under_way)))
                bad = dice.random() < failing
                verdict = Verdict.NONE if dice.random() < 0.1 else Verdict(("good", "bad")[bad])
                told, alone = [await state.report(call, verdict) for state in states]
            else:
                call = f"call {number}"
                told, alone = [await state.admit(call) for state in states]
                if told.is_allowed:
                    under_way.append(call)
            assert told == alone


@pytest.fixture
def mortal_redis(tmp_path: Path) -> Iterator[tuple[Child, str]]:
    server, url = start_valkey(tmp_path, durable=False)
    try:
        yield server, url
    finally:
        server.stop()


async def test_a_call_survives_redis_and_notices_when_it_is_back(
    mortal_redis: tuple[Child, str], tmp_path: Path
) -> None:
    server, url = mortal_redis
    both = Both(url)
    try:
        assert await both.ask(0, HELLO) is None
        server.kill()
        with capture_logs() as logs:
            await both.open()
            assert await both.ask(0, HELLO) is None  # each process counts only its own failures
        assert {entry["event"] for entry in logs} == {"llm.shared_state_away"}
        assert len(logs) == len(both.shared)

        again, _ = start_valkey(tmp_path, port=int(url.rpartition(":")[2][:-2]), durable=False)
        try:
            both.clock.advance(TRY_AGAIN_SECONDS)
            with capture_logs() as logs:
                assert await both.ask(0, HELLO) is None
            assert [entry["event"] for entry in logs] == ["llm.shared_state_back"]
        finally:
            again.stop()
    finally:
        for stores in both.stores:
            await stores.close()
