"""The log of a run on a real Redis: appended where it ends, or not at all."""

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from modules.backend.core.config import Settings
from modules.backend.core.redis import RedisStores
from modules.backend.services.chat.events import START, Cursor, Frame, text_content
from modules.backend.services.chat.live import LiveRun, Trouble
from modules.backend.services.chat.log import Entry, RunLog, log_key
from modules.backend.services.chat.writer import MAX_ENTRY_BYTES, LogWriter

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def run_log(settings: Settings) -> AsyncIterator[RunLog]:
    stores = RedisStores(settings.redis)
    yield RunLog(stores)
    await stores.close()


class Said:
    """A run that says things, and the troubles that it was told of."""

    def __init__(self, run_log: RunLog, fence: int = 1) -> None:
        self.log = run_log
        self.writer = LogWriter(run_log)
        self.live = LiveRun(uuid.uuid4(), fence, logged=Cursor(fence, 0))
        self.troubles: list[Trouble] = []
        self.live.on_trouble = self.troubles.append

    async def say(self, count: int, *, size: int = 1) -> None:
        for _ in range(count):
            self.live.append(text_content("answer", "x" * size))
        await self.writer.flush([self.live])

    async def places(self) -> list[Cursor]:
        return [frame.cursor async for frame in self.log.read_all(self.live.run_id)]


@pytest.fixture
def said(run_log: RunLog) -> Said:
    return Said(run_log)


def frames(gen: int, *seqs: int) -> list[Frame]:
    return [Frame(Cursor(gen, seq), b'{"n":%d}' % seq) for seq in seqs]


async def test_what_was_said_is_read_in_order(said: Said) -> None:
    await said.say(3)
    await said.say(2)

    assert await said.places() == [Cursor(1, n) for n in range(1, 6)]
    assert said.troubles == []


async def test_much_at_once_becomes_entries_that_fit_a_page(said: Said, redis: Redis) -> None:
    await said.say(10, size=MAX_ENTRY_BYTES // 3)
    entries = await redis.xrange(log_key(said.live.run_id))

    assert len(entries) == 5
    assert await said.places() == [Cursor(1, n) for n in range(1, 11)]


@pytest.mark.parametrize("loss", ["all", "the end"])
async def test_a_loss_is_told_once_and_leaves_no_hole(said: Said, redis: Redis, loss: str) -> None:
    await said.say(3)
    await said.say(3)
    key = log_key(said.live.run_id)
    if loss == "all":
        await redis.delete(key)
    else:
        await redis.xdel(key, "1-6")
    await said.say(1)
    await said.say(1)

    assert said.troubles == [Trouble.LOST]
    assert await said.places() == ([] if loss == "all" else [Cursor(1, n) for n in (1, 2, 3)])


async def test_a_run_that_begins_again_replaces_its_log(said: Said) -> None:
    await said.say(3)
    said.live.begin_again(2, [text_content("answer", "all so far")])
    await said.say(1)

    assert await said.places() == [Cursor(2, 1), Cursor(2, 2)]


async def test_an_owner_that_was_replaced_writes_nothing(said: Said) -> None:
    await said.say(3)
    sealed = await said.log.seal(said.live.run_id, 2)
    await said.say(1)

    assert sealed
    assert said.troubles == [Trouble.FENCED]
    assert await said.places() == [Cursor(1, n) for n in (1, 2, 3)]


async def test_the_same_append_twice_is_one(run_log: RunLog) -> None:
    run_id = uuid.uuid4()
    begins = Entry(run_id, START, frames(1, 1, 2))
    goes_on = Entry(run_id, Cursor(1, 2), frames(1, 3))
    for _ in range(2):
        results = await run_log.append([begins, goes_on])

    assert results[-1].end == Cursor(1, 3)
    assert [f.cursor async for f in run_log.read_all(run_id)] == [Cursor(1, n) for n in (1, 2, 3)]


async def test_an_older_generation_never_replaces_a_newer_one(run_log: RunLog) -> None:
    run_id = uuid.uuid4()
    await run_log.append([Entry(run_id, START, frames(2, 1))])
    (late,) = await run_log.append([Entry(run_id, START, frames(1, 1))])

    assert late.end == Cursor(2, 1)
    assert [f.cursor async for f in run_log.read_all(run_id)] == [Cursor(2, 1)]
