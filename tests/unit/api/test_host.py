"""The address that a platform pings: it tells the truth about the loop inside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from modules.backend.api.host import host
from modules.backend.core.settings import AppSettings
from modules.backend.services.jobs.pulse import STALLED_SECONDS, Pulse
from tests.fixtures.clock import FakeClock


@asynccontextmanager
async def pinged(pulse: Pulse) -> AsyncIterator[httpx.AsyncClient]:
    @asynccontextmanager
    async def loop() -> AsyncIterator[Pulse]:
        yield pulse

    app = host(AppSettings(build_id="42"), loop)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://host") as client,
    ):
        yield client


@pytest.mark.parametrize("path", ["/health", "/"])
async def test_a_loop_at_work_is_healthy(clock: FakeClock, path: str) -> None:
    async with pinged(Pulse(clock)) as client:
        answer = await client.get(path)

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "build": "42", "heartbeatSeconds": 0.0}


async def test_a_loop_that_stalled_is_not(clock: FakeClock) -> None:
    async with pinged(Pulse(clock)) as client:
        clock.advance(STALLED_SECONDS + 1)
        answer = await client.get("/health")

    assert (answer.status_code, answer.json()["status"]) == (503, "stalled")


async def test_a_loop_that_ended_is_not(clock: FakeClock) -> None:
    pulse = Pulse(clock)
    async with pinged(pulse) as client:
        pulse.end()
        answer = await client.head("/health")

    assert answer.status_code == 503
