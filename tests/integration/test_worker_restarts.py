"""Workers and stores that die while tasks wait, as processes: nothing is lost, nothing is doubled.

Short forms; `tests/chaos/test_tasks.py` has the long ones.
"""

import asyncio

import pytest

from tests.fixtures.commands import WORKER_IS_READY, RunCommand
from tests.fixtures.effect_store import WORKER, Effects, OwnStores

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("own_stores")]

FAST = {"TEST_IDLE_SECONDS": "2", "TEST_CHECK_SECONDS": "0.5"}


async def test_a_worker_killed_in_the_middle_loses_nothing(
    own_stores: OwnStores, effects: Effects, run_command: RunCommand
) -> None:
    slow = own_stores.env | FAST | {"TEST_EFFECT_SECONDS": "3600"}
    subjects = await effects.send(5)
    killed = run_command(WORKER, slow, says=WORKER_IS_READY)
    await effects.begun(5)
    killed.kill()
    assert await effects.done() == set()

    another = run_command(WORKER, own_stores.env | FAST, says=WORKER_IS_READY)
    await effects.all_done(subjects, deadline=60)
    another.stop()

    assert await effects.starts() == 10


async def test_a_worker_that_is_told_to_stop_hands_back_what_it_cannot_finish(
    own_stores: OwnStores, effects: Effects, run_command: RunCommand
) -> None:
    slow = own_stores.env | {"TEST_EFFECT_SECONDS": "3600", "TEST_GRACE_SECONDS": "0.5"}
    subjects = await effects.send(5)
    stopped = run_command(WORKER, slow, says=WORKER_IS_READY)
    await effects.begun(5)
    stopped.stop()
    handed_back = await effects.state()
    another = run_command(WORKER, own_stores.env, says=WORKER_IS_READY)
    await effects.all_done(subjects, deadline=60)
    another.stop()

    assert stopped.exit_code == 0
    assert (handed_back.waiting, handed_back.running) == (5, 0)


async def test_stores_that_restart_lose_no_task_and_end_no_process(
    own_stores: OwnStores, effects: Effects, run_command: RunCommand
) -> None:
    env = own_stores.env | FAST | {"TEST_EFFECT_SECONDS": "0.2"}
    worker = run_command(WORKER, env, says=WORKER_IS_READY)
    subjects = await effects.send(60)
    await effects.begun(1)
    for stop in (own_stores.stop_redis, own_stores.stop_postgres):
        start_again = stop()
        await asyncio.to_thread(start_again)
    more = await effects.send(10)
    await effects.all_done(subjects | more, deadline=60)
    state = await effects.state()
    worker.stop()

    assert (state.waiting, state.running, state.postponed, state.dead) == (0, 0, 0, 0)
    assert worker.log.read_text().count("worker.started") == 2
    assert worker.exit_code == 0
