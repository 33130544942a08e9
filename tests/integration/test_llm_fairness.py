"""Nobody waits much longer than the others before a deployment that is always busy."""

import heapq
import random
import statistics
from collections import Counter
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from modules.backend.services.llm.shared import SharedState
from tests.fixtures.clock import FakeClock
from tests.fixtures.llm_line import Deployment, Standing, deployment, in_virtual_time, ticket

pytestmark = pytest.mark.integration

CALLS_OF_EACH = 5


@pytest_asyncio.fixture
async def shared(redis_url: str) -> AsyncIterator[tuple[SharedState, FakeClock]]:
    async with in_virtual_time(redis_url) as shared:
        yield shared


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
