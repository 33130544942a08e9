"""What a worker leaves when it ends or dies is done by another, with the library's own receiver."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from modules.backend.services.jobs.queue import GROUP, MAX_DELIVERIES, JobQueue
from tests.fixtures.tasks import FAST, SHORT, Bench

pytestmark = pytest.mark.integration


class TestTakeover:
    async def test_a_task_may_take_longer_than_a_dead_workers_are_left(self, bench: Bench) -> None:
        ran: list[int] = []

        @bench.broker.task("slow")
        async def slow() -> None:
            ran.append(1)
            await asyncio.sleep(3 * bench.pace.idle)

        async with bench.working(), bench.working(bench.another()):
            await bench.send("slow")
            await bench.settled()

        assert ran == [1]

    async def test_what_a_dead_worker_held_is_done_by_another(
        self, bench: Bench, queue: JobQueue
    ) -> None:
        ran: list[int] = []

        @bench.broker.task("note")
        async def note() -> None:
            ran.append(1)

        await bench.send("note")
        await queue.join()
        await queue.read("dead", wait=SHORT)
        # As the library's own broker leaves it when it is killed while it reclaims.
        await queue.redis.set(f"autoclaim:workers:{queue.stream}", "locked")
        async with bench.working():
            await bench.settled()

        assert ran == [1]

    async def test_what_a_worker_had_just_taken_over_is_taken_over_again(
        self, bench: Bench, queue: JobQueue
    ) -> None:
        ran: list[int] = []

        @bench.broker.task("note")
        async def note() -> None:
            ran.append(1)

        await bench.send("note")
        await queue.join()
        await queue.read("dead", wait=SHORT)
        await asyncio.sleep(0.01)
        assert await queue.reclaim("dead too", idle=timedelta(milliseconds=1)) is not None
        async with bench.working():
            await bench.settled()

        assert ran == [1]

    async def test_two_never_take_over_the_same(self, bench: Bench, queue: JobQueue) -> None:
        for _ in range(20):
            await bench.send("note")
        await queue.join()
        held = [await queue.read("dead", wait=SHORT) for _ in range(20)]
        ids = [delivery.id for delivery in held if delivery is not None]
        idle = timedelta(hours=1)
        await queue.redis.xclaim(
            queue.stream, GROUP, "dead", 0, ids, idle=idle // timedelta(milliseconds=1), justid=True
        )
        taken = await asyncio.gather(*(queue.reclaim(f"w{n}", idle=idle) for n in range(30)))

        over = [delivery.id for delivery in taken if delivery is not None]
        assert len(over) == len(set(over)) == 20

    async def test_what_was_taken_over_stays_there(self, bench: Bench, queue: JobQueue) -> None:
        await bench.send("note")
        await queue.join()
        had = await queue.read("suspended", wait=SHORT)
        assert had is not None
        await asyncio.sleep(0.01)
        await queue.reclaim("new", idle=timedelta(milliseconds=1))
        await queue.hold("suspended", [had.id])

        (pending,) = await queue.redis.xpending_range(queue.stream, GROUP, "-", "+", 10)
        assert pending["consumer"] == b"new"

    async def test_what_kills_every_worker_becomes_a_dead_letter(
        self, bench: Bench, queue: JobQueue
    ) -> None:
        await bench.send("poison")
        await queue.join()
        await queue.read("dead 0", wait=SHORT)
        for number in range(1, MAX_DELIVERIES + 1):
            await asyncio.sleep(0.01)
            await queue.reclaim(f"dead {number}", idle=timedelta(milliseconds=1))

        ((_, letter),) = await queue.redis.xrange(queue.dead)
        assert letter[b"reason"] == b"workers_lost"
        assert await queue.redis.xlen(queue.stream) == 0


class TestEnd:
    async def test_a_task_that_ends_in_time_is_finished(self, bench: Bench) -> None:
        began, ended = asyncio.Event(), asyncio.Event()

        @bench.broker.task("short")
        async def short() -> None:
            began.set()
            await asyncio.sleep(bench.pace.grace / 4)
            ended.set()

        async with bench.working():
            await bench.send("short")
            await began.wait()

        assert ended.is_set()
        await bench.settled()

    async def test_a_task_that_takes_longer_goes_to_another_worker_at_once(
        self, queue: JobQueue
    ) -> None:
        bench = Bench(queue, replace(FAST, idle=3600))
        began, go_on, ran = asyncio.Event(), asyncio.Event(), list[str]()

        @bench.broker.task("long")
        async def long() -> None:
            began.set()
            await go_on.wait()
            ran.append("done")

        async with bench.working():
            await bench.send("long")
            await began.wait()
        go_on.set()
        done_by_then = list(ran)
        async with bench.working(bench.another()):
            await bench.settled()

        assert done_by_then == []
        assert ran == ["done"]
