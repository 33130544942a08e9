"""Tasks at full length: the product's own intervals, and figures for what they cost."""

import asyncio
import itertools
import time
from collections.abc import Callable

import psutil
import pytest

from tests.fixtures.commands import SCHEDULER_IS_READY, WORKER_IS_READY, RunCommand
from tests.fixtures.effect_store import SCHEDULER, WORKER, Effects, OwnStores

pytestmark = [
    pytest.mark.integration,
    pytest.mark.chaos,
    pytest.mark.xdist_group("own_stores"),
]

MEBIBYTE = 1024 * 1024
Report = Callable[[str, object], None]


async def test_what_a_killed_worker_held_is_done_within_a_minute(
    own_stores: OwnStores,
    effects: Effects,
    run_command: RunCommand,
    record_property: Report,
) -> None:
    slow = own_stores.env | {"TEST_EFFECT_SECONDS": "3600"}
    subjects = await effects.send(20)
    killed = run_command(WORKER, slow, says=WORKER_IS_READY)
    await effects.begun(20)
    killed.kill()
    # As the library's own broker leaves it when it is killed while it reclaims.
    await effects.redis.set(f"autoclaim:taskiq:{effects.queue.stream}", "locked")
    began = time.monotonic()
    another = run_command(WORKER, own_stores.env, says=WORKER_IS_READY)
    await effects.all_done(subjects, deadline=60)
    another.stop()

    record_property("seconds_to_take_over", round(time.monotonic() - began, 1))


async def test_500_tasks_outlive_both_stores_and_one_of_two_workers(
    own_stores: OwnStores,
    effects: Effects,
    run_command: RunCommand,
    record_property: Report,
) -> None:
    env = own_stores.env | {"TEST_EFFECT_SECONDS": "5"}
    workers = [run_command(WORKER, env, says=WORKER_IS_READY) for _ in range(2)]
    subjects = await effects.send(500)
    await effects.begun(50)
    for stop in (own_stores.stop_redis, own_stores.stop_postgres):
        start_again = stop()
        await asyncio.sleep(5)
        await asyncio.to_thread(start_again)
        await asyncio.sleep(5)
    await effects.all_done(subjects, deadline=300)
    state = await effects.state()
    starts = await effects.starts()
    for worker in workers:
        worker.stop()

    assert (state.waiting, state.running, state.postponed, state.dead) == (0, 0, 0, 0)
    for worker in workers:
        assert worker.log.read_text().count("worker.started") == 2
    record_property("starts_of_500_tasks", starts)


async def test_10000_tasks_grow_neither_the_stream_nor_the_worker(
    own_stores: OwnStores,
    effects: Effects,
    run_command: RunCommand,
    record_property: Report,
) -> None:
    worker = run_command(WORKER, own_stores.env, says=WORKER_IS_READY)
    warm = await effects.send(1000)
    await effects.all_done(warm, deadline=120)
    before = memory(worker.pid)
    began = time.monotonic()
    subjects, longest = warm, 0
    for _ in range(10):
        subjects = subjects | await effects.send(1000)
        longest = max(longest, await effects.unfinished())
    await effects.all_done(subjects, deadline=300)
    seconds = time.monotonic() - began
    grown = memory(worker.pid) - before
    left = await effects.redis.memory_usage(effects.queue.stream)
    worker.stop()

    record_property("tasks_per_second", round(10_000 / seconds))
    record_property("worker_growth_mib", round(grown / MEBIBYTE, 1))
    record_property("longest_stream", longest)
    record_property("bytes_of_the_empty_stream", left)
    assert grown < 10 * MEBIBYTE
    assert longest <= effects.queue.max_queued
    assert left < MEBIBYTE


async def test_a_schedule_in_seconds_loses_nothing_but_the_time_without_a_leader(
    own_stores: OwnStores, effects: Effects, run_command: RunCommand
) -> None:
    """Ten minutes of a schedule that is due once a minute are ten seconds of this one, 60 times."""
    leader = run_command(SCHEDULER, own_stores.env, says=SCHEDULER_IS_READY)
    killed = 0
    due: list[int] = []
    async with asyncio.timeout(180):
        while len(due) < 60:
            await asyncio.sleep(1)
            due = await effects.due_times("effects.tick")
            if len(due) // 20 > killed:
                follower = run_command(SCHEDULER, own_stores.env, says=SCHEDULER_IS_READY)
                leader.kill()
                leader, killed = follower, killed + 1
    leader.stop()
    due = await effects.due_times("effects.tick")

    assert len(due) == len(set(due))
    assert due == sorted(due)
    # A lease of two seconds, and a process that looks once a second.
    assert max(later - earlier for earlier, later in itertools.pairwise(due)) <= 10


def memory(manager: int) -> int:
    """Bytes that the processes of a worker have for themselves."""
    children = psutil.Process(manager).children(recursive=True)
    return sum(child.memory_full_info().uss for child in children)
