"""The scheduler's loop beats while it does its work, and only then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from redis.exceptions import ConnectionError as ConnectionLost

from modules.backend.services.jobs import ticker as ticker_module
from modules.backend.services.jobs.schedule import every
from modules.backend.services.jobs.ticker import Ticker
from tests.fixtures.clock import FakeClock
from tests.fixtures.tasks import until


class AlwaysLeads:
    async def leads(self) -> bool:
        return True

    async def resign(self) -> None:
        return


@asynccontextmanager
async def served(
    clock: FakeClock, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Ticker]:
    """A loop that has tried and failed to send a few times, while time went by."""
    monkeypatch.setattr(ticker_module, "TICK_SECONDS", 0.001)
    tried = 0

    async def fail(_task: str, _due: datetime) -> None:
        nonlocal tried
        tried += 1
        raise error

    ticker = Ticker({"a": every(seconds=1)}, leader=AlwaysLeads(), send=fail, clock=clock)
    clock.advance(3600)
    loop = asyncio.create_task(ticker.serve())
    await until(lambda: tried > 2)
    yield ticker
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_a_redis_that_is_away_is_no_fault_of_the_loop(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(clock, ConnectionLost(), monkeypatch) as ticker:
        assert ticker.pulse.state == "ok"


async def test_a_fault_in_every_round_shows_as_stalled(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(clock, KeyError("bug"), monkeypatch) as ticker:
        assert ticker.pulse.state == "stalled"
