"""The window of calls, in Redis and in one process alone: the same rules. Time stands still."""

import uuid
from collections.abc import Callable

import pytest

from modules.backend.clients.sailpoint.window import (
    GRACE_SECONDS,
    LOOK_SECONDS,
    MAX_WAITING,
    Bounds,
    LocalWindow,
    Priority,
    RedisWindow,
    Reply,
    Window,
)
from modules.backend.core.redis import RedisStores
from tests.fixtures.clock import FakeClock

pytestmark = pytest.mark.integration

PEOPLE, WORK = Priority.INTERACTIVE, Priority.BACKGROUND
HOLD = 15.0
SECONDS = 10.0

MakeWindow = Callable[..., Window]


@pytest.fixture(params=["shared", "alone"])
def make_window(
    request: pytest.FixtureRequest, stores: RedisStores, clock: FakeClock
) -> MakeWindow:
    def make(calls: int, reserve: int = 0) -> Window:
        bounds = Bounds(calls, SECONDS, reserve)
        if request.param == "alone":
            return LocalWindow(bounds, clock)
        return RedisWindow(stores, uuid.uuid4().hex, bounds, now=clock.monotonic)

    return make


async def reply(window: Window, ticket: str, priority: Priority = PEOPLE) -> Reply:
    return (await window.ask(ticket, priority, HOLD)).reply


async def take(window: Window, *tickets: str) -> None:
    """Calls that are made and come back at once."""
    for ticket in tickets:
        assert await reply(window, ticket) is Reply.GRANTED
        await window.done(ticket)


class TestPlaces:
    async def test_are_as_many_as_calls_are_allowed(self, make_window: MakeWindow) -> None:
        window = make_window(3)

        await take(window, "a", "b", "c")

        assert await reply(window, "d") is Reply.WAIT

    async def test_come_free_a_window_after_the_call_came_back(
        self, make_window: MakeWindow, clock: FakeClock
    ) -> None:
        window = make_window(1)
        await reply(window, "slow")
        clock.advance(7)
        await window.done("slow")

        clock.advance(SECONDS - 0.01)
        assert await reply(window, "next") is Reply.WAIT
        clock.advance(0.02)
        assert await reply(window, "next") is Reply.GRANTED

    async def test_come_free_when_a_process_died_with_its_call(
        self, make_window: MakeWindow, clock: FakeClock
    ) -> None:
        window = make_window(1)
        await reply(window, "lost")

        clock.advance(HOLD + SECONDS - 0.01)
        assert await reply(window, "next") is Reply.WAIT
        clock.advance(0.02)
        assert await reply(window, "next") is Reply.GRANTED

    async def test_come_free_at_once_when_no_call_was_made(self, make_window: MakeWindow) -> None:
        window = make_window(1)
        await reply(window, "given up")

        await window.leave("given up")

        assert await reply(window, "next") is Reply.GRANTED


class TestQueue:
    async def test_who_came_first_goes_first(
        self, make_window: MakeWindow, clock: FakeClock
    ) -> None:
        window = make_window(2)
        await take(window, "a", "b")
        for ticket in ("z-first", "a-second"):
            assert await reply(window, ticket) is Reply.WAIT
            clock.advance(0.1)
        await window.leave("a")

        assert await reply(window, "newcomer") is Reply.WAIT
        assert await reply(window, "a-second") is Reply.WAIT
        assert await reply(window, "z-first") is Reply.GRANTED

    async def test_people_go_before_work_that_came_earlier(
        self, make_window: MakeWindow, clock: FakeClock
    ) -> None:
        window = make_window(2)
        await take(window, "a", "b")
        assert await reply(window, "work", WORK) is Reply.WAIT
        clock.advance(0.1)
        assert await reply(window, "person") is Reply.WAIT
        await window.leave("a")

        assert await reply(window, "work", WORK) is Reply.WAIT
        assert await reply(window, "person") is Reply.GRANTED
        await window.leave("b")
        assert await reply(window, "work", WORK) is Reply.GRANTED

    async def test_work_leaves_the_reserve_to_people(self, make_window: MakeWindow) -> None:
        window = make_window(5, reserve=2)
        for ticket in ("a", "b", "c"):
            assert await reply(window, ticket, WORK) is Reply.GRANTED

        assert await reply(window, "d", WORK) is Reply.WAIT
        await take(window, "e", "f")

    async def test_is_bounded_for_each_priority(self, make_window: MakeWindow) -> None:
        window = make_window(1)
        await take(window, "a")
        for number in range(MAX_WAITING):
            assert await reply(window, f"work-{number}", WORK) is Reply.WAIT

        assert await reply(window, "late", WORK) is Reply.FULL
        assert await reply(window, "work-0", WORK) is Reply.WAIT
        assert await reply(window, "person") is Reply.WAIT


class TestPause:
    async def test_holds_everybody_back_and_only_so_long(
        self, make_window: MakeWindow, clock: FakeClock
    ) -> None:
        window = make_window(5)
        await window.pause(4)

        verdict = await window.ask("a", PEOPLE, HOLD)
        assert (verdict.reply, verdict.paused) == (Reply.WAIT, pytest.approx(4, abs=0.01))
        clock.advance(4.01)
        assert await reply(window, "a") is Reply.GRANTED

    async def test_is_not_cut_short_by_a_shorter_one(
        self, make_window: MakeWindow, clock: FakeClock
    ) -> None:
        window = make_window(5)
        await window.pause(8)
        await window.pause(1)
        clock.advance(2)

        assert await reply(window, "a") is Reply.WAIT


class TestShared:
    async def test_a_waiter_that_died_holds_nobody_up(
        self, stores: RedisStores, clock: FakeClock
    ) -> None:
        window = RedisWindow(stores, uuid.uuid4().hex, Bounds(1, SECONDS, 0), now=clock.monotonic)
        await take(window, "a")
        assert await reply(window, "dead") is Reply.WAIT
        clock.advance(SECONDS)
        assert await reply(window, "alive") is Reply.GRANTED

    async def test_a_waiter_that_looks_now_and_then_keeps_its_turn(
        self, stores: RedisStores, clock: FakeClock
    ) -> None:
        window = RedisWindow(stores, uuid.uuid4().hex, Bounds(1, SECONDS, 0), now=clock.monotonic)
        await take(window, "a")
        for _ in range(int(SECONDS)):
            assert await reply(window, "alive") is Reply.WAIT
            clock.advance(min(1.0, LOOK_SECONDS + GRACE_SECONDS))

        assert await reply(window, "newcomer") is Reply.WAIT
        assert await reply(window, "alive") is Reply.GRANTED

    async def test_goes_by_the_time_of_redis(self, stores: RedisStores) -> None:
        window = RedisWindow(stores, uuid.uuid4().hex, Bounds(1, 0.2, 0))
        await take(window, "a")

        verdict = await window.ask("b", PEOPLE, HOLD)

        assert verdict.reply is Reply.WAIT
        assert 0 < verdict.wait <= 0.2

    async def test_is_shared_by_name_alone(self, stores: RedisStores, clock: FakeClock) -> None:
        name = uuid.uuid4().hex
        bounds = Bounds(1, SECONDS, 0)
        one, same = (RedisWindow(stores, name, bounds, now=clock.monotonic) for _ in range(2))
        other = RedisWindow(stores, f"{name}-2", bounds, now=clock.monotonic)
        await take(one, "a")

        assert await reply(same, "b") is Reply.WAIT
        assert await reply(other, "c") is Reply.GRANTED


def test_a_share_is_never_nothing() -> None:
    assert Bounds(95, 10, 25).shared_by(8) == Bounds(11, 10, 3)
    assert Bounds(3, 10, 2).shared_by(8) == Bounds(1, 10, 0)
