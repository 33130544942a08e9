"""When a token is asked for, and who waits for it."""

import asyncio

import pytest
from azure.core.credentials import AccessTokenInfo
from azure.core.exceptions import ClientAuthenticationError
from structlog.testing import capture_logs

from modules.backend.core.errors import LLMMisconfigured
from modules.backend.services.llm.providers.entra import (
    AGAIN_SECONDS,
    EARLY_SECONDS,
    LEAST_LIFE_SECONDS,
    EntraToken,
)
from tests.fixtures.clock import FakeClock

LIFETIME = 3_600


class Credential:
    """Gives numbered tokens, as soon as it is let."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.asked = 0
        self.error: Exception | None = None
        self.refresh_in: int | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.closed = False

    async def get_token_info(self, *_scopes: str, options: object = None) -> AccessTokenInfo:
        self.asked += 1
        number = self.asked
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        now = int(self._clock.now().timestamp())
        refresh_on = None if self.refresh_in is None else now + self.refresh_in
        return AccessTokenInfo(f"token {number}", now + LIFETIME, refresh_on=refresh_on)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def credential(clock: FakeClock) -> Credential:
    return Credential(clock)


@pytest.fixture
def token(credential: Credential, clock: FakeClock) -> EntraToken:
    return EntraToken("scope", credential=credential, clock=clock)


async def turn() -> None:
    """Lets tasks that are ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_is_held_while_it_holds(
    token: EntraToken, credential: Credential, clock: FakeClock
) -> None:
    assert await token.get() == "token 1"
    clock.advance(LIFETIME - EARLY_SECONDS)

    assert await token.get() == "token 1"
    await turn()
    assert credential.asked == 1


async def test_is_asked_for_once_by_many(token: EntraToken, credential: Credential) -> None:
    credential.may_answer.clear()
    waiting = [asyncio.create_task(token.get()) for _ in range(50)]
    await turn()
    waiting[0].cancel()
    credential.may_answer.set()

    assert await asyncio.gather(*waiting[1:]) == ["token 1"] * 49
    assert credential.asked == 1


async def test_that_ends_soon_is_replaced_without_anybody_waiting(
    token: EntraToken, credential: Credential, clock: FakeClock
) -> None:
    await token.get()
    clock.advance(LIFETIME - EARLY_SECONDS + 1)
    credential.may_answer.clear()

    assert await token.get() == "token 1"
    await turn()
    credential.may_answer.set()
    await turn()
    assert await token.get() == "token 2"


async def test_is_replaced_when_entra_wants_it(
    token: EntraToken, credential: Credential, clock: FakeClock
) -> None:
    credential.refresh_in = 600
    await token.get()
    clock.advance(600)

    assert await token.get() == "token 1"
    await turn()
    assert await token.get() == "token 2"


async def test_that_cannot_be_replaced_serves_until_its_end(
    token: EntraToken, credential: Credential, clock: FakeClock
) -> None:
    await token.get()
    clock.advance(LIFETIME - EARLY_SECONDS + 1)
    credential.error = ClientAuthenticationError("no identity")

    with capture_logs() as logs:
        for _ in range(3):
            assert await token.get() == "token 1"
            await turn()
    assert [log["event"] for log in logs] == ["llm.sign_in_failed"]

    clock.advance(AGAIN_SECONDS)
    assert await token.get() == "token 1"
    await turn()
    assert credential.asked == 3


async def test_that_is_nearly_over_is_not_used(
    token: EntraToken, credential: Credential, clock: FakeClock
) -> None:
    await token.get()
    clock.advance(LIFETIME - LEAST_LIFE_SECONDS + 1)

    assert await token.get() == "token 2"


async def test_that_nobody_gets_is_the_operators(token: EntraToken, credential: Credential) -> None:
    credential.error = ClientAuthenticationError("no identity was found")

    with capture_logs(), pytest.raises(LLMMisconfigured) as failed:
        await token.get()

    assert failed.value.code == "llm_unauthorized"
    assert "no identity was found" in failed.value.remedy


async def test_closing_stops_signing_in(token: EntraToken, credential: Credential) -> None:
    credential.may_answer.clear()
    waiting = asyncio.create_task(token.get())
    await turn()

    await token.close()

    assert credential.closed
    with pytest.raises(asyncio.CancelledError):
        await waiting
