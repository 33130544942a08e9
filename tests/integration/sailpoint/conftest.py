"""A server to be told what to do, and clients of it."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from modules.backend.clients.sailpoint.client import SailPoint, open_sailpoint
from modules.backend.core.clock import Clock, SystemClock
from modules.backend.core.redis import RedisStores
from modules.backend.core.settings import SailPointSettings
from modules.sandbox.launcher.ports import free_port
from tests.fixtures.llm import redis_stores
from tests.integration.sailpoint.server import Server, running_server

OpenClient = Callable[..., Awaitable[SailPoint]]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    async with running_server() as server:
        yield server


@pytest_asyncio.fixture
async def stores(redis_url: str) -> AsyncIterator[RedisStores]:
    stores = redis_stores(redis_url)
    yield stores
    await stores.close()


@pytest_asyncio.fixture
async def no_redis() -> AsyncIterator[RedisStores]:
    """Stores of a Redis that is away."""
    stores = redis_stores(f"redis://127.0.0.1:{free_port()}/0")
    yield stores
    await stores.close()


@pytest.fixture
def client_id() -> str:
    """A client of this test alone, with a token and a rate of its own."""
    return uuid.uuid4().hex


@pytest_asyncio.fixture
async def open_client(
    server: Server, stores: RedisStores, client_id: str
) -> AsyncIterator[OpenClient]:
    """Opens clients of the server; settings as keywords."""
    async with AsyncExitStack() as opened:

        async def open_one(
            *,
            stores: RedisStores = stores,
            clock: Clock | None = None,
            breaker: Any = None,
            **settings: Any,
        ) -> SailPoint:
            defaults = {
                "sailpoint_base_url": server.url,
                "sailpoint_client_id": client_id,
                "sailpoint_client_secret": "secret",
            }
            return await opened.enter_async_context(
                open_sailpoint(
                    SailPointSettings(_env_file=None, **(defaults | settings)),
                    stores,
                    clock or SystemClock(),
                    breaker=breaker,
                )
            )

        yield open_one


@pytest_asyncio.fixture
async def client(open_client: OpenClient) -> SailPoint:
    return await open_client()
