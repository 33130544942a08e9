"""The page as the product serves it: its files, its places, its configuration."""

import httpx
import pytest

from modules.sandbox.data.people import AUDIENCE, TENANT_ID
from tests.fixtures.rest_client import RestClient
from tests.fixtures.servers import StartWeb
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

FOREIGN = "https://elsewhere.example"
MEBIBYTE = 1024 * 1024
BODY_FIELDS = {"code", "message", "retryable"}


class TestPageConfig:
    async def test_names_the_issuer(self, visitor: RestClient, sandbox: SandboxClient) -> None:
        assert (await visitor.get("/config.json")).json() == {
            "build": "build-7",
            "apiBaseUrl": "",
            "auth": {"kind": "openid", "issuer": sandbox.issuer},
        }

    async def test_names_the_tenant_of_entra(self, start_web: StartWeb) -> None:
        entra = {"ENTRA_TENANT_ID": TENANT_ID, "ENTRA_CLIENT_ID": AUDIENCE}
        server = start_web(AUTH_ISSUER="", AUTH_AUDIENCE="", AUTH_JWKS_URL="", **entra)
        async with httpx.AsyncClient(base_url=server.url) as client:
            shown = (await client.get("/config.json")).json()["auth"]
        server.child.stop()

        assert shown == {"kind": "entra", "tenantId": TENANT_ID, "clientId": AUDIENCE}


class TestPage:
    @pytest.mark.parametrize("path", ["/", "/conversations/1", "/approvals", "/apis", "/a/b/"])
    async def test_answers_at_every_place_of_its_own(self, visitor: RestClient, path: str) -> None:
        answer = await visitor.get(path)

        assert (answer.status_code, "<title>Icarus</title>" in answer.text) == (200, True)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize(
        ("path", "lasting"),
        [
            ("/assets/app-1a2b.js", "public, max-age=31536000, immutable"),
            ("/favicon.svg", "no-cache"),
        ],
    )
    async def test_only_files_with_a_hash_are_kept(
        self, visitor: RestClient, path: str, lasting: str
    ) -> None:
        answer = await visitor.get(path)

        assert (answer.status_code, answer.headers["cache-control"]) == (200, lasting)

    @pytest.mark.parametrize(
        "path",
        [
            "/assets/nothing.js",
            "/assets/nothing",
            "/ws/nothing",
            "/health/nothing",
            "/robots.txt",
            "/..%2fsecret.txt",
            "/assets/..%2f..%2fsecret.txt",
        ],
    )
    async def test_does_not_answer_for_what_is_not_there(
        self, visitor: RestClient, path: str
    ) -> None:
        answer = await visitor.get(path)

        assert (answer.status_code, answer.json().keys()) == (404, BODY_FIELDS)
        assert answer.json()["code"] == "not_found"

    @pytest.mark.parametrize("path", ["/api", "/api/nothing"])
    async def test_does_not_even_say_what_is_not_there_without_a_sign_in(
        self, visitor: RestClient, path: str
    ) -> None:
        answer = await visitor.get(path)

        assert (answer.status_code, answer.json().keys()) == (401, BODY_FIELDS)
