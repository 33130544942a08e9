import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from modules.backend.clients.issuer import KEEP_SECONDS, REFETCH_SECONDS, IssuerKeys
from modules.backend.core.errors import NotSignedIn, Unavailable
from tests.fixtures.clock import FakeClock
from tests.fixtures.tokens import Signer

JWKS_URL = "https://issuer.example/jwks"


class Endpoint:
    """The issuer's key endpoint."""

    def __init__(self) -> None:
        self.answer: httpx.Response | httpx.TransportError = httpx.Response(500)
        self.asked = 0

    def publish(self, *keys: dict[str, Any]) -> None:
        self.answer = httpx.Response(200, json={"keys": list(keys)})

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        assert str(request.url) == JWKS_URL
        self.asked += 1
        await asyncio.sleep(0)
        if isinstance(self.answer, httpx.TransportError):
            raise self.answer
        return self.answer


@pytest.fixture
def endpoint(signer: Signer) -> Endpoint:
    endpoint = Endpoint()
    endpoint.publish(signer.public_jwk("key-1"))
    return endpoint


@pytest_asyncio.fixture
async def keys(endpoint: Endpoint, clock: FakeClock) -> AsyncIterator[IssuerKeys]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(endpoint)) as http:
        yield IssuerKeys(JWKS_URL, http, clock)


OUTAGES = {
    "unreachable": httpx.ConnectError("refused"),
    "silent": httpx.ReadTimeout("silent"),
    "failing": httpx.Response(503),
    "moved": httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
    "not JSON": httpx.Response(200, text="<html>"),
    "a list": httpx.Response(200, json=[]),
    "without keys": httpx.Response(200, json={"keys": []}),
}


class TestKeys:
    async def test_are_asked_for_once(self, keys: IssuerKeys, endpoint: Endpoint) -> None:
        first, second = await asyncio.gather(keys.key("key-1"), keys.key("key-1"))

        assert first == second == await keys.key("key-1")
        assert endpoint.asked == 1

    async def test_a_new_one_is_found(
        self, keys: IssuerKeys, endpoint: Endpoint, signer: Signer, clock: FakeClock
    ) -> None:
        await keys.key("key-1")
        endpoint.publish(signer.public_jwk("key-2"))
        clock.advance(REFETCH_SECONDS)

        assert await keys.key("key-2")
        with pytest.raises(NotSignedIn):
            await keys.key("key-1")

    async def test_made_up_ids_cost_one_question(
        self, keys: IssuerKeys, endpoint: Endpoint
    ) -> None:
        for number in range(10):
            with pytest.raises(NotSignedIn):
                await keys.key(f"made-up-{number}")

        assert endpoint.asked == 1

    async def test_are_asked_for_again_when_they_are_old(
        self, keys: IssuerKeys, endpoint: Endpoint, clock: FakeClock
    ) -> None:
        await keys.key("key-1")
        clock.advance(KEEP_SECONDS + 1)
        await keys.key("key-1")

        assert endpoint.asked == 2


class TestOutage:
    @pytest.mark.parametrize("answer", OUTAGES.values(), ids=OUTAGES)
    async def test_is_not_the_persons_fault(
        self, keys: IssuerKeys, endpoint: Endpoint, answer: Any
    ) -> None:
        endpoint.answer = answer

        with pytest.raises(Unavailable):
            await keys.key("key-1")

    async def test_leaves_the_old_keys_good(
        self, keys: IssuerKeys, endpoint: Endpoint, clock: FakeClock
    ) -> None:
        key = await keys.key("key-1")
        endpoint.answer = httpx.ConnectError("refused")
        clock.advance(KEEP_SECONDS + 1)

        assert await keys.key("key-1") == key

    async def test_is_not_asked_about_by_every_sign_in(
        self, keys: IssuerKeys, endpoint: Endpoint, clock: FakeClock
    ) -> None:
        await keys.key("key-1")
        endpoint.answer = httpx.ReadTimeout("silent")
        clock.advance(KEEP_SECONDS + 1)
        for _ in range(10):
            await keys.key("key-1")

        assert endpoint.asked == 2

    async def test_is_told_at_once_to_all_who_waited_for_the_same_question(
        self, keys: IssuerKeys, endpoint: Endpoint
    ) -> None:
        endpoint.answer = httpx.ConnectTimeout("silent")

        told = await asyncio.gather(*(keys.key("key-1") for _ in range(5)), return_exceptions=True)

        assert [type(error) for error in told] == [Unavailable] * 5
        assert endpoint.asked == 1

    async def test_ends_when_the_issuer_is_back(
        self, keys: IssuerKeys, endpoint: Endpoint, signer: Signer, clock: FakeClock
    ) -> None:
        endpoint.answer = httpx.Response(503)
        with pytest.raises(Unavailable):
            await keys.key("key-1")
        endpoint.publish(signer.public_jwk("key-1"))
        clock.advance(REFETCH_SECONDS)

        assert await keys.key("key-1")
