"""Work that the schedule brings: the re-scan and retention."""

import uuid
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from modules.backend.core.clock import SystemClock
from modules.backend.core.database import Database
from modules.backend.core.settings import RetentionSettings
from modules.backend.models import Conversation, Message
from modules.backend.services import retention as retention_module
from modules.backend.services.jobs.queue import JobQueue
from modules.backend.services.rescan import Rescan
from modules.backend.services.retention import Retention
from tests.fixtures.clock import FakeClock
from tests.fixtures.commands import WORKER, WORKER_IS_READY, RunCommand
from tests.fixtures.effect_store import message
from tests.fixtures.rest import Shelf, Someone, titled

pytestmark = pytest.mark.integration

HOUR = timedelta(hours=1)
DAY_SECONDS = 24 * 3600


async def test_a_conversation_whose_task_was_lost_gets_its_title(
    redis: Redis,
    run_command: RunCommand,
    settings_env: dict[str, str],
    someone: Someone,
    shelf: Shelf,
    database: Database,
) -> None:
    an_hour_ago = SystemClock().now() - HOUR
    put = await shelf.put(someone, "Payroll access?", "Lena.", updated_at=an_hour_ago)
    queue = JobQueue(redis)
    await queue.send(message(None, "tasks.rescan"))
    await queue.send(message(None, "tasks.rescan"))
    worker = run_command(WORKER, settings_env, says=WORKER_IS_READY)
    await titled(database, uuid.UUID(put))
    worker.stop()

    lines = worker.log.read_text().splitlines()
    assert len([line for line in lines if "task.started" in line and put in line]) == 1


class TestRescan:
    @pytest.fixture
    def rescan(self, database: Database, clock: FakeClock) -> Rescan:
        return Rescan(database, clock)

    async def untitled(self, rescan: Rescan) -> set[str]:
        found = await rescan.find()
        return {str(subject) for subject in found["conversations.title"]}

    async def test_finds_an_answered_conversation_without_a_title(
        self, rescan: Rescan, someone: Someone, shelf: Shelf, clock: FakeClock
    ) -> None:
        put = await shelf.put(someone, "Payroll?", "Lena.", updated_at=clock.now() - HOUR)

        assert put in await self.untitled(rescan)

    async def test_passes_over_what_needs_no_title(
        self, rescan: Rescan, someone: Someone, shelf: Shelf, clock: FakeClock
    ) -> None:
        then = clock.now() - HOUR
        needless = {
            await shelf.put(someone, "Payroll?", "Lena.", title="Payroll", updated_at=then),
            await shelf.put(someone, "Not answered yet", updated_at=then),
            await shelf.put(someone, "Just now?", "Yes.", updated_at=clock.now()),
            await shelf.put(someone, "Long ago?", "Yes.", updated_at=clock.now() - 48 * HOUR),
        }

        assert needless & await self.untitled(rescan) == set()


class TestRetention:
    @pytest.fixture
    def retention(self, database: Database, clock: FakeClock) -> Retention:
        return Retention(database, RetentionSettings(retention_conversation_days=30), clock)

    async def test_deletes_what_nobody_used_for_so_long_with_its_messages(
        self,
        retention: Retention,
        someone: Someone,
        shelf: Shelf,
        clock: FakeClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(retention_module, "BATCH", 2)
        clock.advance(-10 * 365 * DAY_SECONDS)
        old = clock.now() - timedelta(days=31)
        doomed = [await shelf.put(someone, "Old?", "Yes.", updated_at=old) for _ in range(5)]
        kept = await shelf.put(someone, "New?", "Yes.", updated_at=clock.now() - timedelta(days=29))
        deleted = await retention.delete_old_conversations()

        assert deleted == 5
        assert await shelf.count(Message, conversation_id=uuid.UUID(doomed[0])) == 0
        assert await shelf.count(Conversation, person_id=someone.id) == 1
        assert await shelf.count(Conversation, id=uuid.UUID(kept)) == 1
        assert await retention.delete_old_conversations() == 0

    async def test_is_off_until_it_is_configured(
        self, database: Database, someone: Someone, shelf: Shelf, clock: FakeClock
    ) -> None:
        put = await shelf.put(someone, "Old?", updated_at=clock.now() - 10_000 * HOUR)
        off = Retention(database, RetentionSettings(), clock)

        assert await off.delete_old_conversations() == 0
        assert await shelf.count(Conversation, id=uuid.UUID(put)) == 1
