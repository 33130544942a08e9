"""The scheduler: a due time is sent once, whoever leads and whoever dies."""

import asyncio
import uuid
from collections import Counter
from datetime import datetime, timedelta

import pytest

from modules.backend.services.jobs.leader import Leader
from modules.backend.services.jobs.queue import JobQueue, QueueFullError
from modules.backend.services.jobs.schedule import daily, every
from modules.backend.services.jobs.ticker import Ticker
from tests.fixtures.clock import FakeClock
from tests.fixtures.commands import SCHEDULER_IS_READY, RunCommand
from tests.fixtures.effect_store import SCHEDULER, Effects, OwnStores
from tests.fixtures.tasks import DEADLINE_SECONDS

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("own_stores")]

SCHEDULES = {"tasks.often": every(seconds=10), "tasks.seldom": every(minutes=4)}
LEASE = timedelta(milliseconds=200)
TEN_MINUTES = 600


class Office:
    """Schedulers that share a queue and a clock."""

    def __init__(self, queue: JobQueue, clock: FakeClock) -> None:
        self.queue = queue
        self.clock = clock
        self.sent: list[tuple[str, datetime]] = []

    def ticker(self, *, enabled: bool = True) -> Ticker:
        leader = Leader(
            self.queue.redis, f"{self.queue.stream}:leader", me=uuid.uuid4().hex, lease=LEASE
        )
        return Ticker(SCHEDULES, leader=leader, send=self._send, clock=self.clock, enabled=enabled)

    async def _send(self, task: str, due: datetime) -> None:
        if await self.queue.send_due(b"{}", schedule=task, due=int(due.timestamp())):
            self.sent.append((task, due))

    async def ticks_until_sent(self, ticker: Ticker) -> None:
        """Ticks until a lock that nobody renews has run out."""
        before = len(self.sent)
        async with asyncio.timeout(DEADLINE_SECONDS):
            while len(self.sent) == before:
                await ticker.tick()
                await asyncio.sleep(0.01)


@pytest.fixture
def office(queue: JobQueue, clock: FakeClock) -> Office:
    return Office(queue, clock)


async def test_two_schedulers_send_each_due_time_of_ten_minutes_once(office: Office) -> None:
    first, second = office.ticker(), office.ticker()
    for _ in range(TEN_MINUTES):
        await asyncio.gather(first.tick(), second.tick())
        office.clock.advance(1)

    counted = Counter(office.sent)
    assert set(counted.values()) == {1}
    assert Counter(task for task, _ in office.sent) == {"tasks.often": 60, "tasks.seldom": 3}


async def test_two_that_both_believe_they_lead_send_each_due_time_once(
    office: Office,
) -> None:
    first, second = office.ticker(), office.ticker()
    for _ in range(30):
        for ticker in (first, second):
            await office.queue.redis.delete(f"{office.queue.stream}:leader")
            await ticker.tick()
        office.clock.advance(1)

    assert max(Counter(office.sent).values()) == 1
    assert len([task for task, _ in office.sent if task == "tasks.often"]) == 3


async def test_when_the_leader_dies_the_next_due_time_is_sent(office: Office) -> None:
    leader, other = office.ticker(), office.ticker()
    await leader.tick()
    await other.tick()
    sent_by_the_leader = list(office.sent)
    office.clock.advance(10)
    await office.ticks_until_sent(other)

    assert len(sent_by_the_leader) == len(SCHEDULES)
    assert office.sent[len(SCHEDULES) :] == [("tasks.often", office.clock.now())]


async def test_a_leader_that_resigns_is_followed_at_once(office: Office) -> None:
    leader, other = office.ticker(), office.ticker()
    await leader.tick()
    await leader.resign()
    office.clock.advance(10)
    await other.tick()

    assert office.sent[-1] == ("tasks.often", office.clock.now())


async def test_who_does_not_lead_takes_nothing_away_by_resigning(office: Office) -> None:
    leader, other = office.ticker(), office.ticker()
    await leader.tick()
    await other.resign()
    office.clock.advance(10)
    await other.tick()

    assert len(office.sent) == len(SCHEDULES)


async def test_a_scheduler_that_is_switched_off_sends_nothing_and_never_leads(
    office: Office,
) -> None:
    off, on = office.ticker(enabled=False), office.ticker()
    await off.tick()
    assert office.sent == []

    await on.tick()
    assert len(office.sent) == len(SCHEDULES)


async def test_after_an_interruption_the_latest_due_time_is_made_up_for(office: Office) -> None:
    await office.ticker().tick()
    office.clock.advance(TEN_MINUTES)
    await office.ticks_until_sent(office.ticker())

    made_up = office.sent[len(SCHEDULES) :]
    assert [task for task, _ in made_up] == list(SCHEDULES)


async def test_what_was_sent_is_not_sent_again_after_a_restart(office: Office) -> None:
    await office.ticker().tick()
    restarted = office.ticker()
    await office.queue.redis.delete(f"{office.queue.stream}:leader")
    await restarted.tick()

    assert len(office.sent) == len(SCHEDULES)


async def test_a_clock_that_is_behind_sends_nothing_twice(office: Office) -> None:
    await office.ticker().tick()
    office.clock.advance(-3600)
    await office.queue.redis.delete(f"{office.queue.stream}:leader")
    await office.ticker().tick()

    assert len(office.sent) == len(SCHEDULES)


async def test_what_a_full_queue_refused_is_due_again_at_the_next_tick(
    queue: JobQueue, clock: FakeClock
) -> None:
    small = JobQueue(queue.redis, name=queue.stream, max_queued=1)
    office = Office(small, clock)
    ticker = office.ticker()
    with pytest.raises(QueueFullError):
        await ticker.tick()
    await queue.redis.delete(queue.stream)
    await ticker.tick()

    assert [task for task, _ in office.sent] == list(SCHEDULES)


def test_a_daily_schedule_is_due_once_a_day(clock: FakeClock) -> None:
    schedule = daily(hour=2, minute=30)
    due = set()
    for _ in range(3 * 24 * 60):
        due.add(schedule.latest(clock.now()))
        clock.advance(60)

    assert len(due) == 4


async def test_of_two_processes_one_is_killed_and_no_due_time_is_sent_twice(
    own_stores: OwnStores, effects: Effects, run_command: RunCommand
) -> None:
    leader = run_command(SCHEDULER, own_stores.env, says=SCHEDULER_IS_READY)
    await sent_after(effects, 0)
    other = run_command(SCHEDULER, own_stores.env, says=SCHEDULER_IS_READY)
    before = (await effects.due_times("effects.tick"))[-1]
    leader.kill()
    await sent_after(effects, before + 3)
    other.stop()
    due = await effects.due_times("effects.tick")

    assert len(due) == len(set(due))
    assert due == sorted(due)
    assert other.exit_code == 0
    assert "scheduler.stopped" in other.log.read_text()


async def test_a_process_that_is_switched_off_sends_nothing(
    own_stores: OwnStores, effects: Effects, run_command: RunCommand
) -> None:
    off = run_command(
        SCHEDULER, own_stores.env | {"SCHEDULER_ENABLED": "false"}, says="scheduler.started"
    )
    on = run_command(SCHEDULER, own_stores.env, says=SCHEDULER_IS_READY)
    await sent_after(effects, 0)
    off.stop()
    on.stop()

    assert "lead_changed" not in off.log.read_text()
    assert "task.due" in on.log.read_text()


async def sent_after(effects: Effects, due: int) -> None:
    """Waits until a later due time of the schedule was sent."""
    async with asyncio.timeout(60):
        while max(await effects.due_times("effects.tick"), default=0) <= due:
            await asyncio.sleep(0.05)
