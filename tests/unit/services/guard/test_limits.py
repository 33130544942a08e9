"""Limits while Redis is away: each process counts for itself, under the same bounds."""

import uuid
from unittest import mock

import pytest

from modules.backend.core.errors import TooMany, Unavailable
from modules.backend.core.redis import RedisStores
from modules.backend.core.settings import RedisSettings
from modules.backend.core.settings_security import LimitSettings
from modules.backend.services.guard.limits import LOCAL_SECONDS, Limits
from modules.backend.services.guard.sessions import Sessions
from modules.backend.services.guard.sockets import Sockets
from tests.fixtures.clock import FakeClock

PERSON = uuid.UUID(int=1)


@pytest.fixture
def nowhere() -> RedisStores:
    """Where nobody listens."""
    return RedisStores(RedisSettings(redis_url="redis://127.0.0.1:1/0"))


def settings(**changes: object) -> LimitSettings:
    return LimitSettings(**changes)


async def test_the_bounds_stay(nowhere: RedisStores, clock: FakeClock) -> None:
    limits = Limits(settings(limit_calls_per_minute=3), nowhere, clock)
    for _ in range(3):
        await limits.call(PERSON, 0)
    with pytest.raises(TooMany) as refused:
        await limits.call(PERSON, 0)

    assert 1 <= refused.value.retry_after <= 60
    await limits.call(uuid.UUID(int=2), 0)


async def test_redis_is_not_asked_again_at_once(nowhere: RedisStores, clock: FakeClock) -> None:
    limits = Limits(settings(), nowhere, clock)
    with mock.patch.object(limits, "_shared", wraps=limits._shared) as shared:
        await limits.call(PERSON, 0)
        await limits.call(PERSON, 0)
        asked_at_once = shared.hit.call_count
        clock.advance(LOCAL_SECONDS)
        await limits.call(PERSON, 0)

    assert (asked_at_once, shared.hit.call_count) == (1, 2)


async def test_off_counts_nothing(nowhere: RedisStores, clock: FakeClock) -> None:
    limits = Limits(settings(limits="off", limit_calls_per_minute=1), nowhere, clock)
    for _ in range(5):
        await limits.call(PERSON, 10_000_000)


async def test_sockets_are_counted_here(nowhere: RedisStores) -> None:
    sockets = Sockets(settings(limit_sockets=1), nowhere, capacity=2)
    async with sockets.of(PERSON):
        with pytest.raises(TooMany):
            async with sockets.of(PERSON):
                pass
    async with sockets.of(PERSON):
        pass


async def test_a_process_has_so_many_places(nowhere: RedisStores) -> None:
    sockets = Sockets(settings(), nowhere, capacity=1)
    with sockets.place(), pytest.raises(TooMany), sockets.place():
        pass
    with sockets.place():
        pass


async def test_tokens_hold_by_themselves(nowhere: RedisStores, clock: FakeClock) -> None:
    await Sessions(nowhere, clock).check(PERSON, clock.now())


async def test_a_sign_out_that_cannot_be_kept_is_refused(
    nowhere: RedisStores, clock: FakeClock
) -> None:
    with pytest.raises(Unavailable):
        await Sessions(nowhere, clock).end(PERSON)
