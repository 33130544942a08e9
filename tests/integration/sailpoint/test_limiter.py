"""SailPoint's rate as the server counts it, with one process and with four."""

import asyncio
from typing import Any

import pytest

from modules.backend.clients.sailpoint.client import SailPoint
from modules.backend.clients.sailpoint.errors import SailPointLimited
from modules.backend.clients.sailpoint.transport import Caller
from modules.backend.clients.sailpoint.window import Priority
from modules.backend.core.redis import Purpose, RedisStores
from tests.integration.sailpoint.conftest import OpenClient
from tests.integration.sailpoint.process import Crowd, Job
from tests.integration.sailpoint.server import Reply, Server, person

pytestmark = pytest.mark.integration

LIMITED = Reply(429, {"message": " Rate Limit Exceeded "}, {"retry-after": "30"})
CALLS = 10
WINDOW = 1.0


@pytest.fixture
def crowd_of(server: Server, redis_url: str, client_id: str) -> Any:
    def make(**fields: Any) -> Crowd:
        settings = {
            "sailpoint_base_url": server.url,
            "sailpoint_client_id": client_id,
            "sailpoint_client_secret": "secret",
            "sailpoint_calls_per_window": CALLS,
            "sailpoint_window_seconds": WINDOW,
            "sailpoint_background_reserve": 4,
        }
        return Crowd(Job(redis_url=redis_url, settings=settings, **fields))

    return make


@pytest.fixture(autouse=True)
def answering(server: Server) -> None:
    server.otherwise = person


async def read(client: SailPoint, person: str = "person-1") -> None:
    await client.identities.by_id(person)


def most_at_once(server: Server) -> int:
    """The most requests that came within one window, however it is laid."""
    times = sorted(request.at for request in server.requests)
    return max(sum(1 for other in times if 0 <= other - first < WINDOW - 0.01) for first in times)


async def queued(stores: RedisStores, queue: str, count: int) -> None:
    """Waits until so many wait in the queue."""
    redis = stores.client(Purpose.SAILPOINT)
    async with asyncio.timeout(30):
        while True:
            keys = [key async for key in redis.scan_iter(match=f"icarus:sailpoint:*:{queue}")]
            if sum([await redis.zcard(key) for key in keys]) == count:
                return
            await asyncio.sleep(0.01)


class TestFourProcesses:
    async def test_never_ask_more_than_the_rate_allows(self, server: Server, crowd_of: Any) -> None:
        async with crowd_of(calls=15) as crowd:
            outcomes = await crowd.run()

        assert outcomes == {"ok": 60}
        assert most_at_once(server) <= CALLS

    async def test_leave_the_reserve_when_they_work_in_the_background(
        self, server: Server, crowd_of: Any
    ) -> None:
        async with crowd_of(calls=6, priority="background") as crowd:
            outcomes = await crowd.run()

        assert outcomes == {"ok": 24}
        assert most_at_once(server) <= CALLS - 4

    async def test_all_keep_still_when_one_was_told_to_wait(
        self, server: Server, crowd_of: Any, open_client: OpenClient
    ) -> None:
        client = await open_client()
        server.will(LIMITED)
        with pytest.raises(SailPointLimited):
            await read(client.acting(Caller(seconds=2)))

        async with crowd_of(calls=3, seconds=2) as crowd:
            outcomes = await crowd.run()

        assert outcomes == {"sailpoint_busy": 12}
        assert len(server.requests) == 1


class TestOneProcess:
    async def test_people_go_before_background_work(
        self, server: Server, open_client: OpenClient, stores: RedisStores
    ) -> None:
        client = await open_client(
            sailpoint_calls_per_window=2,
            sailpoint_window_seconds=2.0,
            sailpoint_background_reserve=0,
        )
        background = client.acting(Caller(priority=Priority.BACKGROUND, seconds=30))
        await asyncio.gather(read(client), read(client))

        works = [asyncio.create_task(read(background, f"work-{n}")) for n in range(2)]
        await queued(stores, "background", 2)
        people = [asyncio.create_task(read(client, f"person-{n}")) for n in range(2)]
        await asyncio.gather(*works, *people)

        order = [path.rpartition("/")[2].partition("-")[0] for path in server.paths[2:]]
        assert order == ["person"] * 2 + ["work"] * 2

    async def test_nobody_waits_longer_than_they_have(
        self, server: Server, open_client: OpenClient
    ) -> None:
        client = await open_client(
            sailpoint_calls_per_window=1,
            sailpoint_window_seconds=60.0,
            sailpoint_background_reserve=0,
        )
        await read(client)

        with pytest.raises(SailPointLimited) as failed:
            await read(client.acting(Caller(seconds=0.3)))

        assert failed.value.retry_after == pytest.approx(60, abs=5)
        assert len(server.requests) == 1

    async def test_who_gives_up_leaves_the_queue(
        self, open_client: OpenClient, stores: RedisStores
    ) -> None:
        client = await open_client(
            sailpoint_calls_per_window=1,
            sailpoint_window_seconds=60.0,
            sailpoint_background_reserve=0,
        )
        await read(client)
        quitter = asyncio.create_task(read(client.acting(Caller(seconds=60))))
        await queued(stores, "interactive", 1)

        quitter.cancel()
        await asyncio.gather(quitter, return_exceptions=True)

        await queued(stores, "interactive", 0)


class TestWithoutRedis:
    async def test_each_process_keeps_to_its_share(
        self, server: Server, open_client: OpenClient, no_redis: RedisStores
    ) -> None:
        client = await open_client(
            stores=no_redis,
            sailpoint_calls_per_window=8,
            sailpoint_window_seconds=60.0,
            sailpoint_background_reserve=0,
            sailpoint_processes=4,
        )
        await read(client)
        await read(client)

        with pytest.raises(SailPointLimited):
            await read(client.acting(Caller(seconds=0.3)))

        assert len(server.requests) == 2

    async def test_a_pause_is_kept_all_the_same(
        self, server: Server, open_client: OpenClient, no_redis: RedisStores
    ) -> None:
        client = await open_client(stores=no_redis)
        server.will(LIMITED)

        for _ in range(2):
            with pytest.raises(SailPointLimited):
                await read(client.acting(Caller(seconds=2)))

        assert len(server.requests) == 1
