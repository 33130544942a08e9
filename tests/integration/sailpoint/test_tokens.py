"""The service's token: one for all processes, renewed by one, and never in the open."""

import asyncio
from typing import Any

import pytest

from modules.backend.clients.sailpoint.client import SailPoint
from modules.backend.clients.sailpoint.token_cache import Seal, Token, TokenCache
from modules.backend.core.redis import Purpose, RedisStores
from tests.fixtures.clock import FakeClock
from tests.integration.sailpoint.conftest import OpenClient
from tests.integration.sailpoint.process import Crowd, Job
from tests.integration.sailpoint.server import Behaviour, Held, Reply, Request, Server, person

pytestmark = pytest.mark.integration

EXPIRED = Reply(401, {"error": "JWT validation failed: JWT is expired"})
CALLS = 8


def job(server: Server, redis_url: str, client_id: str, **fields: Any) -> Job:
    settings = {
        "sailpoint_base_url": server.url,
        "sailpoint_client_id": client_id,
        "sailpoint_client_secret": "secret",
    }
    return Job(redis_url=redis_url, settings=settings, calls=CALLS, **fields)


async def read(client: SailPoint) -> None:
    await client.identities.by_id("person-1")


class TestFourProcesses:
    async def test_ask_for_one_token(self, server: Server, redis_url: str, client_id: str) -> None:
        server.otherwise = person

        async with Crowd(job(server, redis_url, client_id)) as crowd:
            outcomes = await crowd.run()

        assert outcomes == {"ok": 4 * CALLS}
        assert len(server.token_requests) == 1

    async def test_ask_for_one_more_when_it_ends_early(
        self, server: Server, redis_url: str, client_id: str
    ) -> None:
        seen: list[str] = []

        def first_token_ends_early(request: Request) -> Behaviour:
            seen.append(request.token)
            is_void = request.token == "token-1" and len(seen) > CALLS
            return EXPIRED if is_void else person(request)

        server.otherwise = first_token_ends_early

        async with Crowd(job(server, redis_url, client_id, rounds=3)) as crowd:
            outcomes = await crowd.run()

        assert outcomes == {"ok": 4 * CALLS * 3}
        assert len(server.token_requests) == 2


class TestCache:
    async def test_asks_with_the_secret_in_the_body_alone(
        self, client: SailPoint, server: Server, client_id: str
    ) -> None:
        server.otherwise = person

        await read(client)

        request = server.token_requests[0]
        assert request.raw_body.decode() == (
            f"grant_type=client_credentials&client_id={client_id}&client_secret=secret"
        )
        assert (request.query, request.headers.get("authorization")) == ({}, None)

    async def test_holds_nothing_that_can_be_read(
        self, client: SailPoint, server: Server, stores: RedisStores
    ) -> None:
        server.otherwise = person
        await read(client)
        redis = stores.client(Purpose.SAILPOINT)

        kept = [
            await redis.hgetall(key)
            async for key in redis.scan_iter(match="icarus:sailpoint:token:*", _type="hash")
        ]

        assert kept
        assert "token-1" not in str(kept)

    async def test_is_empty_for_whoever_has_another_secret(
        self, open_client: OpenClient, server: Server
    ) -> None:
        server.otherwise = person
        await read(await open_client())
        await read(await open_client(sailpoint_client_secret="another"))

        assert len(server.token_requests) == 2

    async def test_lets_an_ageing_token_serve_while_a_new_one_is_fetched(
        self, open_client: OpenClient, server: Server, clock: FakeClock
    ) -> None:
        server.otherwise = person
        client = await open_client(clock=clock)
        await read(client)
        go = asyncio.Event()
        server.token_script.append(Held(server.issue(server.requests[0]), go))
        clock.advance(700)

        await asyncio.gather(*(read(client) for _ in range(5)))
        await server.asked(2)
        go.set()

        assert {request.token for request in server.requests} == {"token-1"}
        assert len(server.token_requests) == 2

    @pytest.mark.parametrize(("age", "asked"), [(673, 1), (745, 2)])
    async def test_keeps_a_token_for_its_lifetime_less_a_margin(
        self, open_client: OpenClient, server: Server, clock: FakeClock, age: int, asked: int
    ) -> None:
        server.otherwise = person
        client = await open_client(clock=clock)
        await read(client)
        clock.advance(age)

        await read(client)

        assert [request.token for request in server.requests] == ["token-1", f"token-{asked}"]

    async def test_goes_on_with_an_ageing_token_when_there_is_no_new_one(
        self, open_client: OpenClient, server: Server, clock: FakeClock
    ) -> None:
        server.otherwise = person
        client = await open_client(clock=clock)
        await read(client)
        server.token = lambda _: Reply(401, {"error": "invalid_client"})
        clock.advance(700)

        await read(client)
        await server.asked(2)
        await read(client)

        assert {request.token for request in server.requests} == {"token-1"}
        assert len(server.token_requests) == 2

    async def test_gives_up_nothing_that_is_not_the_failed_token(
        self, stores: RedisStores, client_id: str
    ) -> None:
        cache = TokenCache(stores, client_id, Seal("secret", "salt"))
        old, new = (Token.issued(text, 749, None, now=0) for text in ("old", "new"))
        assert await cache.lock("owner")
        assert await cache.store(new, "owner", now=0)

        await cache.forget(old)
        assert await cache.read() == new
        await cache.forget(new)
        assert await cache.read() is None

    async def test_takes_nothing_from_whoever_lost_the_lock(
        self, stores: RedisStores, client_id: str
    ) -> None:
        cache = TokenCache(stores, client_id, Seal("secret", "salt"))
        token = Token.issued("token", 749, None, now=0)
        assert await cache.lock("first")
        assert not await cache.lock("second")

        assert not await cache.store(token, "second", now=0)
        await cache.unlock("second")
        assert not await cache.lock("second")
        assert await cache.read() is None


class TestWithoutRedis:
    async def test_a_process_has_a_token_of_its_own(
        self, open_client: OpenClient, server: Server, no_redis: RedisStores
    ) -> None:
        server.otherwise = person
        client = await open_client(stores=no_redis)

        await asyncio.gather(*(read(client) for _ in range(5)))
        await read(client)

        assert len(server.token_requests) == 1

    async def test_it_is_replaced_when_it_is_refused(
        self, open_client: OpenClient, server: Server, no_redis: RedisStores
    ) -> None:
        server.otherwise = person
        client = await open_client(stores=no_redis)
        await read(client)
        server.will(EXPIRED)

        await read(client)

        assert [request.token for request in server.requests] == ["token-1", "token-1", "token-2"]
