"""The line before a deployment, with the real scripts in Redis.

Where time matters it is virtual: the scripts are told what time it is.
"""

import asyncio
import heapq
import random
import statistics
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from modules.backend.core.clock import SystemClock
from modules.backend.core.redis import Purpose
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.limiter import LONGEST_PAUSE_SECONDS, Limited
from modules.backend.services.llm.line import ALIVE_SECONDS
from modules.backend.services.llm.line_script import LINE_KEYS, LINE_SCRIPT
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import ChatMessage, LLMRequest, ModelRole, TextDelta
from modules.backend.services.llm.shared import SharedState, deployment_keys
from tests.fixtures.chat import new_id
from tests.fixtures.clock import FakeClock
from tests.fixtures.llm import held_in, llm_settings, read, redis_stores, shared_state, until
from tests.fixtures.scripted import WAIT, ScriptedProvider, Step

pytestmark = pytest.mark.integration

MINUTE = 60.0
CALLS_OF_EACH = 5
HELLO: list[Step] = [TextDelta("Hello")]


@dataclass(frozen=True)
class Standing:
    """How the tickets of a process stand after a step."""

    granted: set[str]
    places: dict[str, int]
    refused: set[str]


class Deployment:
    """A deployment in virtual time; processes are names."""

    def __init__(self, shared: SharedState, clock: FakeClock, **limits: Any) -> None:
        self.clock = clock
        self._shared = shared
        self._keys = deployment_keys(new_id(), *LINE_KEYS)
        self._limits = {
            "concurrency": 2,
            "tokens_per_minute": 10**9,
            "longest_line": 1000,
            "alive": round(ALIVE_SECONDS * 1000),
        } | limits

    async def step(
        self,
        process: str = "a",
        *,
        new: Iterable[dict[str, Any]] = (),
        left: dict[str, int] | None = None,
        pause: float = 0,
    ) -> Standing:
        changes = {
            **self._limits,
            "process": process,
            "new": list(new),
            "left": [{"id": key, "tokens": tokens} for key, tokens in (left or {}).items()],
            "pause": round(pause * 1000),
        }
        granted, waiting, refused = await self._shared.run(LINE_SCRIPT, self._keys, changes)
        waits = [raw if isinstance(raw, int) else raw.decode() for raw in waiting]
        return Standing(
            granted={raw.decode() for raw in granted},
            places=dict(zip(waits[::2], waits[1::2], strict=True)),
            refused={raw.decode() for raw in refused},
        )


def ticket(
    name: str, person: str = "ada", tokens: int = 1, *, has_permit: bool = False
) -> dict[str, Any]:
    return {"id": name, "person": person, "tokens": tokens, "has_permit": has_permit}


@pytest_asyncio.fixture
async def shared(redis_url: str) -> AsyncIterator[tuple[SharedState, FakeClock]]:
    clock = FakeClock()
    async with shared_state(
        redis_url, clock, now=lambda: round(clock.now().timestamp() * 1000)
    ) as state:
        yield state, clock


def deployment(shared: tuple[SharedState, FakeClock], **limits: Any) -> Deployment:
    return Deployment(*shared, **limits)


class TestPermits:
    async def test_are_counted_over_all_processes(self, shared: Any) -> None:
        line = deployment(shared)
        one = await line.step("a", new=[ticket("a:1")])
        other = await line.step("b", new=[ticket("b:1"), ticket("b:2")])

        assert (one.granted, other.granted) == ({"a:1"}, {"b:1"})
        assert other.places == {"b:2": 1}

    async def test_one_that_comes_back_goes_to_the_next_wherever_that_waits(
        self, shared: Any
    ) -> None:
        line = deployment(shared, concurrency=1)
        await line.step("a", new=[ticket("a:1")])
        await line.step("b", new=[ticket("b:1")])
        await line.step("a", left={"a:1": 1})

        assert (await line.step("b")).granted == {"b:1"}

    async def test_of_a_process_that_was_killed_expire(self, shared: Any) -> None:
        line = deployment(shared, concurrency=1)
        await line.step("killed", new=[ticket("killed:1"), ticket("killed:2")])
        line.clock.advance(ALIVE_SECONDS - 1)
        assert (await line.step("b", new=[ticket("b:1")])).places == {"b:1": 2}
        line.clock.advance(1)

        assert (await line.step("b")).granted == {"b:1"}

    async def test_of_a_process_that_lives_stay(self, shared: Any) -> None:
        line = deployment(shared, concurrency=1)
        await line.step("a", new=[ticket("a:1")])
        for _ in range(20):
            line.clock.advance(ALIVE_SECONDS - 1)
            assert (await line.step("b", new=[ticket("b:1")])).granted == set()
            assert (await line.step("a")).granted == {"a:1"}

    async def test_given_without_redis_are_counted_afterwards(self, shared: Any) -> None:
        line = deployment(shared, concurrency=2)
        await line.step("a", new=[ticket(f"a:{n}") for n in range(3)])
        alone = [ticket(f"a:{n}", has_permit=True) for n in range(3)]

        assert (await line.step("a", new=alone)).granted == {"a:0", "a:1", "a:2"}
        assert (await line.step("b", new=[ticket("b:1")])).granted == set()
        await line.step("a", left={"a:0": 1, "a:1": 1})
        assert (await line.step("b")).granted == {"b:1"}

    async def test_a_step_that_was_sent_twice_counts_once(self, shared: Any) -> None:
        line = deployment(shared, concurrency=1)
        for _ in range(3):
            standing = await line.step(new=[ticket("a:1"), ticket("a:2")])

        assert standing == Standing({"a:1"}, {"a:2": 1}, set())

    async def test_a_line_has_an_end(self, shared: Any) -> None:
        line = deployment(shared, concurrency=1, longest_line=2)
        standing = await line.step(new=[ticket(f"a:{n}") for n in range(4)])

        assert standing == Standing({"a:0"}, {"a:1": 1}, {"a:2", "a:3"})


class TestTurns:
    async def test_a_person_with_many_calls_takes_turns_with_the_others(self, shared: Any) -> None:
        line = deployment(shared, concurrency=1)
        greedy = [ticket(f"a:g{n}", "greedy") for n in range(5)]
        await line.step(new=greedy)
        await line.step(new=[ticket("a:x1", "x"), ticket("a:y1", "y"), ticket("a:x2", "x")])

        order = await serve_all(line)

        assert order == ["g0", "x1", "y1", "g1", "x2", "g2", "g3", "g4"]

    async def test_background_work_comes_after_people(self, shared: Any) -> None:
        line = deployment(shared, concurrency=1)
        await line.step(new=[ticket("a:now"), ticket("a:b1", ""), ticket("a:b2", "")])
        await line.step(new=[ticket("a:p1", "x"), ticket("a:p2", "x")])

        assert await serve_all(line) == ["now", "p1", "p2", "b1", "b2"]

    async def test_a_turn_that_was_not_taken_is_not_lost(self, shared: Any) -> None:
        line = deployment(shared, concurrency=1)
        await line.step(new=[ticket("a:now", "z"), ticket("a:gone", "x")])
        await line.step(new=[ticket("a:y1", "y"), ticket("a:y2", "y")], left={"a:gone": -1})
        await line.step(new=[ticket("a:x1", "x")])

        assert await serve_all(line) == ["now", "y1", "x1", "y2"]


async def serve_all(line: Deployment) -> list[str]:
    """The order in which everybody gets a permit when one call ends after the other."""
    order: list[str] = []
    while granted := (await line.step()).granted:
        for key in granted:
            order.append(key.removeprefix("a:"))
            await line.step(left={key: 1})
    return order


class TestTokens:
    async def test_no_minute_has_more_than_its_tokens(self, shared: Any) -> None:
        line = deployment(shared, concurrency=1000, tokens_per_minute=1000)
        dice, names = random.Random(7), count(1)
        open_calls: set[str] = set()
        spent: list[tuple[float, int]] = []
        reserved: dict[str, int] = {}
        for _ in range(300):
            line.clock.advance(dice.uniform(0, 5))
            new = [ticket(f"a:{next(names)}", tokens=dice.randint(1, 300)) for _ in range(2)]
            reserved |= {one["id"]: one["tokens"] for one in new}
            leaving = {key: reserved[key] for key in open_calls if dice.random() < 0.5}
            granted = (await line.step(new=new, left=leaving)).granted
            now = line.clock.monotonic()
            spent += [(now, reserved[key]) for key in granted - open_calls]
            open_calls = granted

            assert sum(tokens for at, tokens in spent if at > now - MINUTE) <= 1000
        assert len(spent) > 60

    async def test_what_a_call_did_not_take_is_given_back(self, shared: Any) -> None:
        line = deployment(shared, tokens_per_minute=1000)
        standing = await line.step(new=[ticket("a:1", tokens=900), ticket("a:2", tokens=900)])
        assert standing.granted == {"a:1"}

        assert (await line.step(left={"a:1": 100})).granted == {"a:2"}

    async def test_what_nobody_counted_stays_reserved_for_a_minute(self, shared: Any) -> None:
        line = deployment(shared, tokens_per_minute=1000)
        await line.step(new=[ticket("a:1", tokens=900), ticket("a:2", tokens=900)])
        assert (await line.step(left={"a:1": -1})).granted == set()
        line.clock.advance(MINUTE)

        # Others have kept the process alive meanwhile, or it would be gone.
        assert (await line.step(new=[ticket("a:2", tokens=900)])).granted == {"a:2"}

    async def test_more_than_was_reserved_counts_too(self, shared: Any) -> None:
        line = deployment(shared, tokens_per_minute=1000)
        await line.step(new=[ticket("a:1", tokens=10)])

        standing = await line.step(new=[ticket("a:2", tokens=500)], left={"a:1": 600})
        assert standing.places == {"a:2": 1}

    async def test_of_one_that_was_believed_dead_count_once(self, shared: Any) -> None:
        line = deployment(shared, tokens_per_minute=1000)
        await line.step("a", new=[ticket("a:1", tokens=600)])
        line.clock.advance(ALIVE_SECONDS)
        await line.step("b")
        await line.step("a", new=[ticket("a:1", tokens=600, has_permit=True)])

        standing = await line.step("a", new=[ticket("a:2", tokens=900)], left={"a:1": 100})
        assert standing.granted == {"a:2"}

    async def test_of_a_grant_that_nobody_heard_of_last_a_minute(self, shared: Any) -> None:
        line = deployment(shared, tokens_per_minute=1000)
        await line.step("a", new=[ticket("a:1", tokens=600)])
        line.clock.advance(ALIVE_SECONDS)
        await line.step("b")
        standing = await line.step("a", new=[ticket("a:1", tokens=600)])
        assert standing.places == {"a:1": 1}
        await line.step("a", left={"a:1": -1})
        line.clock.advance(MINUTE)

        standing = await line.step("b", new=[ticket("b:1", tokens=1000)])
        assert standing.granted == {"b:1"}

    async def test_of_nothing_taken_are_nothing(self, shared: Any) -> None:
        line = deployment(shared, tokens_per_minute=1000)
        await line.step(new=[ticket("a:1", tokens=600)])
        await line.step(left={"a:1": 0})
        line.clock.advance(MINUTE)

        assert (await line.step(new=[ticket("a:2", tokens=1000)])).granted == {"a:2"}

    async def test_a_call_larger_than_a_minute_goes_alone(self, shared: Any) -> None:
        line = deployment(shared, tokens_per_minute=1000)
        standing = await line.step(new=[ticket("a:1", tokens=5000), ticket("a:2", tokens=1)])
        assert (standing.granted, standing.places) == ({"a:1"}, {"a:2": 1})

        assert (await line.step(left={"a:1": 0})).granted == {"a:2"}

    async def test_a_large_call_is_not_passed_over(self, shared: Any) -> None:
        line = deployment(shared, tokens_per_minute=1000, concurrency=10)
        await line.step(new=[ticket("a:1", "x", 500)])

        standing = await line.step(new=[ticket("a:2", "y", 600), ticket("a:3", "z", 10)])
        assert standing.places == {"a:2": 1, "a:3": 2}


class TestPause:
    async def test_holds_every_process(self, shared: Any) -> None:
        line = deployment(shared)
        await line.step("a", pause=7)
        assert (await line.step("b", new=[ticket("b:1")])).places == {"b:1": 1}
        line.clock.advance(7)

        assert (await line.step("b")).granted == {"b:1"}

    async def test_a_shorter_one_does_not_end_a_longer(self, shared: Any) -> None:
        line = deployment(shared)
        await line.step("a", pause=9)
        await line.step("b", pause=1)
        line.clock.advance(5)

        assert (await line.step("b", new=[ticket("b:1")])).granted == set()


class Simulation:
    """A saturated deployment over four processes: calls wait, are served, and end."""

    def __init__(self, line: Deployment, seed: int) -> None:
        self._line = line
        self._dice = random.Random(seed)
        self._numbers = count(1)
        self._arrived: dict[str, float] = {}
        self._person: dict[str, str] = {}
        self._ends: list[tuple[float, str]] = []
        self._started: set[str] = set()
        self.starts: list[str] = []
        self.waits: dict[str, list[float]] = {}

    async def arrive(self, person: str, calls: int = 1) -> None:
        process = f"p{self._dice.randrange(4)}"
        keys = [f"{process}:{next(self._numbers)}" for _ in range(calls)]
        for key in keys:
            self._arrived[key], self._person[key] = self._line.clock.monotonic(), person
        self._look(await self._line.step(process, new=[ticket(key, person) for key in keys]))

    async def end_next(self) -> str:
        """Time goes on to the end of the next call; returns whose it was."""
        at, key = heapq.heappop(self._ends)
        self._line.clock.advance(at - self._line.clock.monotonic())
        await self._line.step(key.partition(":")[0], left={key: 1})
        for number in range(4):
            self._look(await self._line.step(f"p{number}"))
        return self._person[key]

    def _look(self, standing: Standing) -> None:
        now = self._line.clock.monotonic()
        for key in sorted(standing.granted - self._started):
            self._started.add(key)
            self.starts.append(self._person[key])
            self.waits.setdefault(self._person[key], []).append(now - self._arrived[key])
            heapq.heappush(self._ends, (now + self._dice.uniform(1, 4), key))


@pytest.mark.parametrize("seed", range(3))
async def test_twenty_people_are_served_in_turn(shared: Any, seed: int) -> None:
    simulation = Simulation(deployment(shared, concurrency=4), seed)
    people = [f"person {n}" for n in range(20)]
    await ask_again_and_again(simulation, people)

    # The first four found the deployment empty; from then on it never was.
    waits = [wait for person in people for wait in simulation.waits[person] if wait > 0]
    assert max(waits) <= 2 * statistics.median(waits)


@pytest.mark.parametrize("seed", range(3))
async def test_one_with_fifty_calls_does_not_hold_up_nineteen_others(
    shared: Any, seed: int
) -> None:
    simulation = Simulation(deployment(shared, concurrency=4), seed)
    await simulation.arrive("greedy", calls=50)
    others = [f"person {n}" for n in range(19)]
    await ask_again_and_again(simulation, others)

    waits = [wait for person in others for wait in simulation.waits[person]]
    assert max(waits) <= 2 * statistics.median(waits)
    # Four found the deployment empty; then it was one turn for each turn of the others.
    ends = [nth(simulation.starts, person, CALLS_OF_EACH) for person in others]
    assert simulation.starts[: min(ends)].count("greedy") <= 4 + CALLS_OF_EACH


def nth(starts: list[str], person: str, number: int) -> int:
    """Where the person's call of that number stands in the order of starts."""
    return [at for at, who in enumerate(starts) if who == person][number - 1]


async def ask_again_and_again(simulation: Simulation, people: list[str]) -> None:
    """Each asks as soon as their last answer is there, until all have had theirs."""
    left = Counter(dict.fromkeys(people, CALLS_OF_EACH))
    for person in people:
        await simulation.arrive(person)
    while left.total():
        person = await simulation.end_next()
        if person in people:
            left[person] -= 1
            if left[person]:
                await simulation.arrive(person)


class Process:
    """A process with its own connection and limiter, on the Redis of all."""

    def __init__(self, shared: SharedState, name: str, **settings: Any) -> None:
        self.model = ScriptedProvider()
        self.model.name = name
        counted = Metered(self.model, SystemClock())
        self.limiter = Limited(counted, shared, llm_settings(**settings))
        self.tasks: list[asyncio.Task[Any]] = []

    def ask(self, script: list[Step], person: str = "ada", places: list[int] | None = None) -> None:
        self.model.plays(*self.model._scripts[self.model.calls :], script)
        request = LLMRequest(
            [ChatMessage("user", "Hello")],
            person=person,
            on_wait=(places if places is not None else []).append,
        )
        self.tasks.append(asyncio.create_task(read(self.limiter, request)))

    async def stop(self, number: int) -> None:
        self.tasks[number].cancel()
        await asyncio.wait([self.tasks[number]])

    async def code(self, number: int) -> str | None:
        return (await self.tasks[number])[1]


class Processes:
    """Two of them, before one deployment."""

    def __init__(self, redis_url: str, stack: AsyncExitStack) -> None:
        self._redis_url = redis_url
        self._stack = stack
        self.name = new_id()
        self.deployment = f"{self.name}:scripted-chat"
        stores = redis_stores(redis_url)
        stack.push_async_callback(stores.close)
        self.redis = stores.client(Purpose.LIMIT)

    async def start(self, **settings: Any) -> tuple[Process, Process]:
        clock = SystemClock()
        processes = []
        for _ in range(2):
            shared = await self._stack.enter_async_context(shared_state(self._redis_url, clock))
            processes.append(Process(shared, self.name, **settings))
            self._stack.push_async_callback(processes[-1].limiter.close)
        return processes[0], processes[1]

    async def held(self) -> dict[str, int]:
        return await held_in(self.redis, [self.deployment])


@pytest_asyncio.fixture
async def processes(redis_url: str) -> AsyncIterator[Processes]:
    async with AsyncExitStack() as stack:
        yield Processes(redis_url, stack)


class TestProcesses:
    async def test_a_waiter_gets_the_permit_of_another_process(self, processes: Processes) -> None:
        one, other = await processes.start(llm_concurrency=1)
        places: list[int] = []
        one.ask([WAIT])
        await until(lambda: one.model.open == 1)
        other.ask(HELLO, places=places)
        await until(lambda: places == [1])
        await one.stop(0)

        assert await other.code(0) is None

    async def test_a_waiter_who_is_cancelled_leaves_nothing(self, processes: Processes) -> None:
        one, other = await processes.start(llm_concurrency=1)
        places: list[int] = []
        one.ask([WAIT])
        await until(lambda: one.model.open == 1)
        other.ask(HELLO, places=places)
        await until(lambda: places == [1])
        await other.stop(0)
        await other.limiter.close()

        assert await processes.held() == {"permits": 1, "line": 0, "probes": 0}
        await one.stop(0)
        await one.limiter.close()
        assert await processes.held() == {"permits": 0, "line": 0, "probes": 0}

    @pytest.mark.parametrize("turns", range(6))
    async def test_wherever_a_call_is_cancelled_it_leaves_nothing(
        self, processes: Processes, turns: int
    ) -> None:
        one, _ = await processes.start(llm_concurrency=1)
        one.ask([WAIT])
        for _ in range(turns):
            await asyncio.sleep(0)
        await one.stop(0)
        await one.limiter.close()

        assert await processes.held() == {"permits": 0, "line": 0, "probes": 0}

    async def test_a_vendor_that_asks_for_a_pause_has_it_from_all(
        self, processes: Processes
    ) -> None:
        one, other = await processes.start()
        one.ask([Fault.LLM_BUSY.error(retry_after=3600)])
        assert await one.code(0) == "llm_busy"
        await one.limiter.close()
        places: list[int] = []
        other.ask(HELLO, places=places)
        await until(lambda: places == [1])

        key, *_ = deployment_keys(processes.deployment, "numbers")
        seconds, _ = await processes.redis.time()
        until_then = int(await processes.redis.hget(key, "paused")) / 1000 - seconds
        assert 0 < until_then <= LONGEST_PAUSE_SECONDS + 1
        assert other.model.calls == 0
        await other.stop(0)

    async def test_an_emptied_redis_costs_places_and_nothing_else(
        self, processes: Processes
    ) -> None:
        one, other = await processes.start(llm_concurrency=1)
        places: list[int] = []
        one.ask([WAIT])
        await until(lambda: one.model.open == 1)
        other.ask(HELLO, places=places)
        await until(lambda: places == [1])
        await processes.redis.delete(*deployment_keys(processes.deployment, *LINE_KEYS))
        await one.stop(0)

        assert await other.code(0) is None

    async def test_roles_that_share_a_model_share_its_line(self, processes: Processes) -> None:
        one, _ = await processes.start()
        one.model.model = lambda _role: "the same"

        assert one.limiter._line(ModelRole.CHAT) is one.limiter._line(ModelRole.SMALL)

    async def test_hundreds_wait_and_all_are_served(self, processes: Processes) -> None:
        both = await processes.start(llm_concurrency=8)
        for number in range(300):
            both[number % 2].ask(HELLO, person=f"person {number % 20}")

        codes = [await task for process in both for task in process.tasks]

        assert {code for _, code in codes} == {None}
        for process in both:
            await process.limiter.close()
        assert await processes.held() == {"permits": 0, "line": 0, "probes": 0}
