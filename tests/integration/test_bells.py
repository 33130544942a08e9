"""Signals between processes: who comes and leaves, and what that costs the others."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from modules.backend.core.background import ended
from modules.backend.services.chat.bells import Bells
from tests.fixtures.llm import redis_stores

pytestmark = pytest.mark.integration

DEADLINE_SECONDS = 30


@pytest.fixture
def channel() -> str:
    return f"test:{uuid.uuid4()}"


@pytest_asyncio.fixture
async def bells(redis_url: str) -> AsyncIterator[Bells]:
    stores = redis_stores(redis_url)
    opened = Bells(stores)
    serving = asyncio.create_task(opened.serve())
    yield opened
    await ended(serving)
    await stores.close()


async def until_listeners(redis: Redis, channel: str, count: int) -> None:
    """Waits until so many connections are subscribed: Redis tells nobody, it must be asked."""
    while (await redis.pubsub_numsub(channel))[0][1] != count:  # no event
        await asyncio.sleep(0.01)


async def test_a_signal_reaches_who_listens(bells: Bells, redis: Redis, channel: str) -> None:
    heard = asyncio.Queue[bytes]()
    async with asyncio.timeout(DEADLINE_SECONDS), bells.listening(channel, heard.put_nowait):
        await until_listeners(redis, channel, 1)
        await bells.ring(channel, b"now")
        # It is told once with nothing if it came before the connection was there.
        while (signal := await heard.get()) == b"":
            pass

    assert signal == b"now"


async def test_nobody_is_subscribed_for_who_left(bells: Bells, redis: Redis, channel: str) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        async with bells.listening(channel, print):
            await until_listeners(redis, channel, 1)
        await until_listeners(redis, channel, 0)


async def test_who_is_cancelled_takes_the_connection_from_nobody(
    bells: Bells, redis: Redis, channel: str
) -> None:
    async def come_and_go(number: int) -> None:
        async with bells.listening(f"{channel}:{number}", print):
            await asyncio.sleep(0)

    heard = asyncio.Queue[bytes]()
    async with asyncio.timeout(DEADLINE_SECONDS), bells.listening(channel, heard.put_nowait):
        await until_listeners(redis, channel, 1)
        before = await redis.client_list(_type="pubsub")
        for number in range(200):
            visitor = asyncio.create_task(come_and_go(number))
            for _ in range(number % 20):
                await asyncio.sleep(0)
            visitor.cancel()
            await asyncio.wait((visitor,))
        await bells.ring(channel, b"still there")
        while (signal := await heard.get()) == b"":
            pass
        after = await redis.client_list(_type="pubsub")

    assert signal == b"still there"
    assert {client["id"] for client in before} <= {client["id"] for client in after}
