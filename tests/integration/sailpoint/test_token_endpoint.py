"""Where tokens come from: its faults, people's grants, and a token that belongs to nobody."""

import asyncio

import pytest

from modules.backend.clients.sailpoint.client import SailPoint
from modules.backend.clients.sailpoint.errors import (
    SailPointLimited,
    SailPointSignedOut,
    SailPointUnavailable,
    ServiceIdentityMissing,
)
from modules.backend.clients.sailpoint.token_endpoint import TokenEndpoint
from modules.backend.clients.sailpoint.wire import Wire, open_http
from modules.backend.core.settings import SailPointSettings
from tests.integration.sailpoint.server import Behaviour, Held, Reply, Reset, Server, person

pytestmark = pytest.mark.integration


async def read(client: SailPoint) -> None:
    await client.identities.by_id("person-1")


class TestEndpoint:
    @pytest.mark.parametrize(
        ("behaviour", "kind", "code", "asked"),
        [
            (
                Reply(401, {"error": "invalid_client", "error_description": "Bad credentials"}),
                SailPointSignedOut,
                "sailpoint_credentials",
                1,
            ),
            (Reply(400, {"error": "x"}), SailPointSignedOut, "sailpoint_credentials", 1),
            (Reply(429, {"message": "no"}), SailPointLimited, "sailpoint_busy", 1),
            (Reply(503, raw=b"<html>"), SailPointUnavailable, "sailpoint_unavailable", 3),
            (Reply(200, raw=b"<html>"), SailPointUnavailable, "sailpoint_unreadable", 3),
            (Reply(200, {"access_token": "a\nb"}), SailPointUnavailable, "sailpoint_unreadable", 3),
            (Reset(), SailPointUnavailable, "sailpoint_unreachable", 3),
        ],
    )
    async def test_a_fault_is_told_and_no_call_is_made(
        self,
        client: SailPoint,
        server: Server,
        behaviour: Behaviour,
        kind: type[Exception],
        code: str,
        asked: int,
    ) -> None:
        server.token = lambda _: behaviour

        with pytest.raises(kind) as failed:
            await client.approvals.approve("approval-1")

        assert failed.value.code == code
        assert len(server.token_requests) == asked
        assert server.requests == []

    async def test_a_fault_is_not_asked_about_by_every_call(
        self, client: SailPoint, server: Server
    ) -> None:
        server.token = lambda _: Reply(401, {"error": "invalid_client"})

        failed = await asyncio.gather(*(read(client) for _ in range(20)), return_exceptions=True)

        assert {type(error) for error in failed} == {SailPointSignedOut}
        assert len(server.token_requests) == 1

    async def test_one_impatient_caller_does_not_spoil_it_for_the_rest(
        self, client: SailPoint, server: Server
    ) -> None:
        server.otherwise = person
        go = asyncio.Event()
        issued = {"access_token": "token", "expires_in": 9, "identity_id": "service-identity"}
        server.token_script.append(Held(Reply(200, issued), go))
        impatient = asyncio.create_task(read(client))
        await server.asked()
        patient = asyncio.create_task(read(client))
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        go.set()

        await patient

        assert impatient.cancelled()
        assert len(server.token_requests) == 1

    async def test_serves_people_too(self, server: Server) -> None:
        server.token = lambda request: Reply(
            200,
            {
                "access_token": "person-token",
                "refresh_token": "next",
                "expires_in": 43200,
                "identity_id": "person-1",
            },
        )
        settings = SailPointSettings(_env_file=None)
        async with open_http(settings) as http:
            endpoint = TokenEndpoint(Wire(http, server.url), "client", "secret")
            first = await endpoint.authorization_code("code-1", "https://icarus.example/back")
            again = await endpoint.refresh_token("old")

        assert first == again
        assert (first.identity_id, first.refresh_token) == ("person-1", "next")
        assert "person-token" not in repr(first)
        assert "next" not in repr(first)
        bodies = [request.raw_body.decode() for request in server.token_requests]
        assert bodies == [
            "grant_type=authorization_code&code=code-1"
            "&redirect_uri=https%3A%2F%2Ficarus.example%2Fback"
            "&client_id=client&client_secret=secret",
            "grant_type=refresh_token&refresh_token=old&client_id=client&client_secret=secret",
        ]

    async def test_a_persons_grant_is_asked_for_once(self, server: Server) -> None:
        server.token = lambda _: Reply(503, raw=b"")
        async with open_http(SailPointSettings(_env_file=None)) as http:
            endpoint = TokenEndpoint(Wire(http, server.url), "client", "secret")
            with pytest.raises(SailPointUnavailable):
                await endpoint.refresh_token("old")

        assert len(server.token_requests) == 1


class TestServiceIdentity:
    async def test_is_known_by_the_token(self, client: SailPoint) -> None:
        assert await client.check_service_identity() == "service-identity"

    async def test_an_api_client_belongs_to_nobody_and_is_refused(
        self, client: SailPoint, server: Server
    ) -> None:
        server.token = lambda _: Reply(200, {"access_token": "of-nobody", "expires_in": 749})

        with pytest.raises(ServiceIdentityMissing, match="API client without a user"):
            await client.check_service_identity()

    async def test_no_call_is_made_with_a_token_of_nobody(
        self, client: SailPoint, server: Server
    ) -> None:
        server.token = lambda _: Reply(200, {"access_token": "of-nobody", "expires_in": 749})

        with pytest.raises(SailPointSignedOut) as refused:
            await read(client)

        assert refused.value.code == "sailpoint_no_user"
        assert server.requests == []
