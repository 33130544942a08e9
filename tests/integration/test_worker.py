"""The worker's promises, with a real Redis and the library's own receiver."""

import asyncio
import uuid
from datetime import timedelta

import pytest

from modules.backend.core.clock import SystemClock
from modules.backend.core.errors import LLMRejected
from modules.backend.services.jobs import queue as job_queue
from modules.backend.services.jobs.overview import measure
from modules.backend.services.jobs.queue import JobQueue, QueueFullError
from modules.backend.services.jobs.settlement import Buried
from modules.backend.tasks.jobs import Job, specify
from tests.fixtures.rest import AT
from tests.fixtures.tasks import SHORT, Bench, until

pytestmark = pytest.mark.integration


def named(name: str, **job: object) -> str:
    """A task's name, with what it asks of the queue."""
    unique = f"{name}.{uuid.uuid4().hex}"
    specify(unique, Job(**job))
    return unique


async def test_a_task_runs_once_and_leaves_nothing_behind(bench: Bench, queue: JobQueue) -> None:
    ran: list[str] = []

    @bench.broker.task("note")
    async def note(subject: str) -> None:
        ran.append(subject)

    subjects = [str(uuid.uuid4()) for _ in range(30)]
    async with bench.working():
        for subject in subjects:
            await bench.send("note", subject)
        await bench.settled()

    assert sorted(ran) == sorted(subjects)
    assert await queue.redis.xlen(queue.stream) == 0
    assert await queue.redis.xinfo_consumers(queue.stream, "workers") == []


@pytest.mark.usefixtures("fast_retries")
async def test_a_task_that_fails_is_tried_again(bench: Bench) -> None:
    ran: list[int] = []

    @bench.broker.task(name := named("flaky"))
    async def flaky() -> None:
        ran.append(len(ran))
        if len(ran) < 3:
            raise OSError

    async with bench.working():
        await bench.send(name)
        await bench.settled()

    assert len(ran) == 3


@pytest.mark.usefixtures("fast_retries")
async def test_a_task_that_goes_on_failing_is_given_up_and_can_be_sent_again(
    bench: Bench, queue: JobQueue
) -> None:
    ran: list[int] = []
    repaired = asyncio.Event()

    @bench.broker.task(name := named("broken", attempts=3))
    async def broken() -> None:
        ran.append(1)
        if not repaired.is_set():
            raise OSError

    async with bench.working():
        await bench.send(name)
        await bench.settled()
        attempts = len(ran)
        ((dead_id, letter),) = await queue.redis.xrange(queue.dead)
        repaired.set()
        revived = await queue.revive(dead_id.decode())
        await bench.settled()

    assert (attempts, len(ran)) == (3, 4)
    assert letter[b"reason"] == b"OSError"
    assert revived
    assert await queue.redis.xlen(queue.dead) == 0


async def test_an_error_that_stays_is_given_up_at_once(bench: Bench, queue: JobQueue) -> None:
    ran: list[int] = []

    @bench.broker.task("refused")
    async def refused() -> None:
        ran.append(1)
        raise LLMRejected("llm_rejected", "No.")

    async with bench.working():
        await bench.send("refused")
        await bench.settled()

    ((_, letter),) = await queue.redis.xrange(queue.dead)
    assert letter[b"reason"] == b"llm_rejected"
    assert len(ran) == 1
    assert (await measure(queue, SystemClock())).failures == {"refused": 1}


@pytest.mark.usefixtures("fast_retries")
async def test_an_attempt_has_a_deadline(bench: Bench, queue: JobQueue) -> None:
    @bench.broker.task(name := named("endless", attempts=1, seconds=0.05))
    async def endless() -> None:
        await asyncio.Event().wait()

    async with bench.working():
        await bench.send(name)
        await bench.settled()

    ((_, letter),) = await queue.redis.xrange(queue.dead)
    assert letter[b"reason"] == b"TimeoutError"


@pytest.mark.usefixtures("fast_retries")
async def test_a_task_of_a_newer_release_waits_for_a_worker_that_knows_it(bench: Bench) -> None:
    ran = asyncio.Event()
    async with bench.working():
        await bench.send("from.tomorrow")
        await until(lambda: bench.broker.held == 0)

        @bench.broker.task("from.tomorrow")
        async def known_now() -> None:
            ran.set()

        await bench.settled()

    assert ran.is_set()


async def test_what_is_no_task_at_all_becomes_a_dead_letter(bench: Bench, queue: JobQueue) -> None:
    async with bench.working():
        await queue.send(b"not a task")
        await bench.settled()

    ((_, letter),) = await queue.redis.xrange(queue.dead)
    assert (letter[b"data"], letter[b"reason"]) == (b"not a task", b"unreadable")


class TestBounds:
    async def test_a_full_queue_refuses_and_drops_nothing(self, queue: JobQueue) -> None:
        small = JobQueue(queue.redis, name=queue.stream, max_queued=3)
        for number in range(3):
            await small.send(b"%d" % number)

        with pytest.raises(QueueFullError):
            await small.send(b"3")

        kept = await queue.redis.xrange(queue.stream)
        assert [fields[b"data"] for _, fields in kept] == [b"0", b"1", b"2"]

    async def test_dead_letters_are_bounded(
        self, queue: JobQueue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(job_queue, "MAX_DEAD", 2)
        await queue.join()
        for number in range(4):
            await queue.send(b"%d" % number)
            delivery = await queue.read("w", wait=SHORT)
            assert delivery is not None
            settled = Buried("any", "any")
            await queue.settle("w", delivery, settled, data=delivery.data, now=AT)

        kept = await queue.redis.xrange(queue.dead)
        assert [fields[b"data"] for _, fields in kept] == [b"2", b"3"]

    async def test_the_same_is_sent_once_within_the_time(self, queue: JobQueue) -> None:
        sent = [
            await queue.send_once(b"x", marker=marker, within=timedelta(hours=1))
            for marker in ("a", "a", "b")
        ]

        assert sent == [True, False, True]
