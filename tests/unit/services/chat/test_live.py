import asyncio
import random
import uuid

import pytest

from modules.backend.services.chat import live as live_module
from modules.backend.services.chat.events import START, Cursor, Frame, text_content
from modules.backend.services.chat.live import LiveRun, Trouble

RUN = uuid.UUID(int=1)


def run_of(count: int, *, fence: int = 1, logged: int = 0) -> LiveRun:
    """A run that has said so many things, none of them logged."""
    run = LiveRun(RUN, fence, logged=Cursor(fence, logged))
    say(run, count)
    return run


def say(run: LiveRun, count: int = 1) -> None:
    for _ in range(count):
        run.append(text_content("answer", f"{run.seq + 1} "))


def places(frames: list[Frame]) -> list[Cursor]:
    return [frame.cursor for frame in frames]


async def frames_of(run: LiveRun, after: Cursor) -> list[Frame]:
    """What a reader gets until the run is over."""
    with run.subscribed(after) as subscriber:
        return [frame async for frame in subscriber.frames()]


class TestSubscriber:
    async def test_gets_what_was_said_before_and_after_it_came(self) -> None:
        run = run_of(3)
        with run.subscribed(Cursor(1, 1)) as subscriber:
            say(run, 2)
            run.close()
            received = [frame async for frame in subscriber.frames()]

        assert places(received) == [Cursor(1, n) for n in (2, 3, 4, 5)]

    async def test_waits_for_what_comes(self) -> None:
        run = run_of(0)
        reading = asyncio.create_task(frames_of(run, START))
        await asyncio.sleep(0)
        say(run, 2)
        run.close()

        assert places(await reading) == [Cursor(1, 1), Cursor(1, 2)]

    async def test_that_falls_behind_is_let_go_and_holds_nobody_up(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_module, "MAX_WAITING_FRAMES", 5)
        run = run_of(0)
        with run.subscribed(START) as slow, run.subscribed(START) as quick:
            keeping_up = quick.frames()
            for _ in range(8):
                say(run)
                await anext(keeping_up)
            async with asyncio.timeout(30):
                missed = [frame async for frame in slow.frames()]

        assert slow.closed
        assert not quick.closed
        assert missed == []
        assert run.cursor == Cursor(1, 8)

    async def test_that_left_gets_nothing_more(self) -> None:
        run = run_of(0)
        with run.subscribed(START) as subscriber:
            pass
        say(run)
        subscriber.close()

        assert [frame async for frame in subscriber.frames()] == []


class TestPlace:
    def test_goes_on_where_the_log_ends(self) -> None:
        run = run_of(1, fence=3, logged=41)

        assert run.cursor == Cursor(3, 42)
        assert places(list(run.unlogged)) == [Cursor(3, 42)]

    def test_counts_the_bytes_of_all_that_was_said(self) -> None:
        run = run_of(5)
        size = sum(len(frame.data) for frame in run.unlogged)
        run.mark_logged(Cursor(1, 5))

        assert run.bytes == size

    def test_forgets_what_is_logged(self) -> None:
        run = run_of(4)
        run.mark_logged(Cursor(1, 3))

        assert places(list(run.unlogged)) == [Cursor(1, 4)]

    @pytest.mark.parametrize(
        ("after", "held"),
        [
            (START, False),
            (Cursor(1, 9), False),
            (Cursor(2, 3), False),
            (Cursor(2, 4), True),
            (Cursor(2, 6), True),
        ],
    )
    def test_holds_only_what_comes_after_the_log(self, after: Cursor, held: bool) -> None:
        run = run_of(6, fence=2)
        run.mark_logged(Cursor(2, 4))

        assert run.holds_after(after) is held

    @pytest.mark.parametrize("after", [START, Cursor(1, 9)])
    def test_holds_everything_while_nothing_is_logged(self, after: Cursor) -> None:
        assert run_of(2, fence=2).holds_after(after)


class TestBeginningAgain:
    async def test_withdraws_what_readers_here_hold(self) -> None:
        run = run_of(3)
        with run.subscribed(START) as before:
            run.begin_again(2, [text_content("answer", "1 2 3 ")])
            held = [frame async for frame in before.frames()]
        say(run)
        with run.subscribed(held[-1].cursor) as after:
            run.close()
            rest = [frame async for frame in after.frames()]

        assert places(held) == [Cursor(1, n) for n in (1, 2, 3)]
        assert places(rest) == [Cursor(2, 1), Cursor(2, 2)]
        assert run.log_end == START

    def test_counts_its_bytes_anew(self) -> None:
        run = run_of(50)
        run.begin_again(2, [text_content("answer", "short")])

        assert run.bytes == sum(len(frame.data) for frame in run.unlogged)

    def test_trouble_is_told_once_for_each_generation(self) -> None:
        run, told = run_of(1), list[Trouble]()
        run.on_trouble = told.append
        for _ in range(2):
            run.lose_log(Trouble.LOST)
        run.begin_again(2, [])
        run.lose_log(Trouble.FENCED)

        assert told == [Trouble.LOST, Trouble.FENCED]


class Reader:
    """Reads as readers do: from the log until the run holds the rest."""

    def __init__(self, run: LiveRun, log: list[Frame], chance: random.Random) -> None:
        self._run = run
        self._log = log
        self._chance = chance
        self.received: list[Cursor] = []

    async def read(self, last: Cursor) -> None:
        after = START
        while after < last:
            if self._run.holds_after(after):
                with self._run.subscribed(after) as subscriber:
                    async for frame in subscriber.frames():
                        after = frame.cursor
                        self.received.append(after)
                        await yield_to_others(self._chance)
            else:
                for frame in [f for f in self._log if f.cursor > after][:3]:
                    after = frame.cursor
                    self.received.append(after)
            await yield_to_others(self._chance)


async def yield_to_others(chance: random.Random) -> None:
    for _ in range(chance.randrange(4)):
        await asyncio.sleep(0)


async def write(run: LiveRun, log: list[Frame], chance: random.Random, last: Cursor) -> None:
    """Says and logs, in any order, until both have come to the end."""
    while run.logged < last:
        if run.cursor < last and chance.random() < 0.7:
            say(run)
        elif run.unlogged:
            batch = list(run.unlogged)[: chance.randint(1, 8)]
            await yield_to_others(chance)
            log += batch
            run.mark_logged(batch[-1].cursor)
        await yield_to_others(chance)
    run.close()


@pytest.mark.parametrize("seed", range(200))
async def test_between_log_and_memory_nothing_is_lost_or_doubled(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "MAX_WAITING_FRAMES", 6)
    chance = random.Random(seed)
    run, log, last = run_of(0), [], Cursor(1, 40)
    readers = [Reader(run, log, chance) for _ in range(3)]

    async with asyncio.timeout(30), asyncio.TaskGroup() as together:
        together.create_task(write(run, log, chance, last))
        for reader in readers:
            together.create_task(reader.read(last))

    everything = [Cursor(1, n) for n in range(1, 41)]
    assert [reader.received for reader in readers] == [everything] * 3
