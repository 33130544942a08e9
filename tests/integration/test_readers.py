"""Readers that go over from one source of a run's events to another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
import pytest_asyncio

from modules.backend.core.config import Settings
from modules.backend.core.redis import RedisStores
from modules.backend.services.chat import readers as readers_module
from modules.backend.services.chat.bells import Bells, Listener
from modules.backend.services.chat.events import (
    START,
    Cursor,
    Spending,
    run_finished,
    run_started,
    text_content,
)
from modules.backend.services.chat.live import LiveRun
from modules.backend.services.chat.log import Entry, RunLog
from modules.backend.services.chat.readers import Readers
from tests.fixtures.ledger import Books

pytestmark = pytest.mark.integration

DEADLINE_SECONDS = 30


class MeanwhileBells(Bells):
    """Something else happens while a listener gives up its subscription, which takes a moment."""

    def __init__(self, stores: RedisStores, meanwhile: Callable[[], None]) -> None:
        super().__init__(stores)
        self._meanwhile = meanwhile

    @asynccontextmanager
    async def listening(self, channel: str, listener: Listener) -> AsyncIterator[None]:
        async with super().listening(channel, listener):
            yield
        self._meanwhile()


@pytest_asyncio.fixture
async def stores(settings: Settings) -> AsyncIterator[RedisStores]:
    opened = RedisStores(settings.redis)
    yield opened
    await opened.close()


async def test_a_run_that_ends_while_its_reader_goes_over_is_read_to_its_end(
    stores: RedisStores, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers_module, "LOOK_SECONDS", 0.05)
    live, run_log = dict[UUID, LiveRun](), RunLog(stores)
    account = await books.run()
    run_id, thread_id = account.bill.run_id, account.bill.conversation_id
    made = LiveRun(run_id, 1, logged=Cursor(1, 0))
    said = [made.append(run_started(thread_id, run_id)), made.append(text_content("a", "Hello"))]
    end = made.append(run_finished(thread_id, run_id, {"type": "success"}, Spending([], {})))

    bells = MeanwhileBells(stores, live.clear)
    readers = Readers(books.database, run_log, bells, live)
    events = readers.follow(run_id, START)
    first = asyncio.create_task(anext(events))
    await asyncio.sleep(0)  # it found that the run is not made here
    live[run_id] = made
    async with asyncio.timeout(DEADLINE_SECONDS):
        while live:  # until the reader is to be served here, and the run is gone
            await asyncio.sleep(0.01)
        await run_log.append([Entry(run_id, START, [*said, end])])
        read = [await first, *[event async for event in events]]

    assert read == [*said, end]
