"""The line before a deployment, with the real scripts in Redis.

Time is virtual: the scripts are told what time it is.
"""

import random
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from modules.backend.services.llm.line import ALIVE_SECONDS
from modules.backend.services.llm.shared import SharedState
from tests.fixtures.clock import FakeClock
from tests.fixtures.llm_line import Deployment, Standing, deployment, in_virtual_time, ticket

pytestmark = pytest.mark.integration

MINUTE = 60.0


@pytest_asyncio.fixture
async def shared(redis_url: str) -> AsyncIterator[tuple[SharedState, FakeClock]]:
    async with in_virtual_time(redis_url) as shared:
        yield shared


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
