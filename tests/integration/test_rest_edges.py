"""What holds at every address: sign-in, errors, headers and limits."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fixtures.chat import new_id, run_input
from tests.fixtures.rest import Someone
from tests.fixtures.rest_client import RestClient
from tests.fixtures.servers import ORIGIN, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

FOREIGN = "https://elsewhere.example"
MEBIBYTE = 1024 * 1024
BODY_FIELDS = {"code", "message", "retryable"}


def protected_routes(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Every method and path under `/api`, with ids filled in."""
    return [
        (method.upper(), "/".join(new_id() if "{" in part else part for part in path.split("/")))
        for path, methods in document["paths"].items()
        if path.startswith("/api/")
        for method in methods
    ]


class TestSignIn:
    async def test_every_route_refuses_every_bad_token(
        self, visitor: RestClient, bad_tokens: dict[str, str]
    ) -> None:
        document = (await visitor.get("/api/openapi.json")).json()
        codes = {"missing": "token_missing", "expired": "token_expired"}
        let_in = []
        for method, path in protected_routes(document):
            for kind, token in bad_tokens.items():
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                answer = await visitor.request(method, path, headers=headers)
                if (answer.status_code, answer.json().get("code")) != (
                    401,
                    codes.get(kind, "token_invalid"),
                ):
                    let_in.append((method, path, kind, answer.status_code))

        assert let_in == []
        assert {"/api/me", "/api/conversations", "/api/agent"} <= document["paths"].keys()

    @pytest.mark.parametrize("value", ["", "Bearer", "Basic eDp5", "bearer"])
    async def test_a_header_without_token_says_what_is_wanted(
        self, visitor: RestClient, value: str
    ) -> None:
        answer = await visitor.get("/api/me", headers={"Authorization": value})

        assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
        assert answer.headers["www-authenticate"] == "Bearer"

    async def test_a_token_for_another_audience_or_without_scope_is_refused(
        self, visitor: RestClient, sandbox: SandboxClient
    ) -> None:
        for claims in ('{"aud": "another"}', '{"scp": null}', '{"iss": "https://x.example"}'):
            token = sandbox.token("employee", claims=claims)
            answer = await visitor.get("/api/me", headers={"Authorization": f"Bearer {token}"})

            assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid"), claims

    async def test_says_who_is_signed_in(self, web: WebServer, sandbox: SandboxClient) -> None:
        headers = {"Authorization": f"bearer {sandbox.token('admin')}"}
        async with httpx.AsyncClient(base_url=web.url) as client:
            me = (await client.get("/api/me", headers=headers)).json()

        assert me.pop("id")
        assert me == {
            "name": "Sam Whitlock",
            "email": "sam.whitlock@tamarind.example",
            "roles": ["Chat.Admin"],
        }


JSON = {"Content-Type": "application/json"}
NOT_JSON = {"content": "{", "headers": JSON}
NOT_TEXT = {"content": b"\xff\x1f\xfe", "headers": JSON}
HALF_A_SIGN = {"content": json.dumps(run_input("\ud83c")), "headers": JSON}
REFUSED = [
    ("GET", "/api/nothing", {}, 404, "not_found"),
    ("PUT", "/api/me", {}, 405, "method_not_allowed"),
    ("POST", "/api/conversations", {}, 405, "method_not_allowed"),
    ("GET", "/api/conversations/1", {}, 422, "invalid_input"),
    ("PATCH", f"/api/conversations/{new_id()}", NOT_JSON, 422, "not_json"),
    ("PATCH", f"/api/conversations/{new_id()}", NOT_TEXT, 422, "not_json"),
    ("PATCH", f"/api/conversations/{new_id()}", {"json": {}}, 422, "invalid_input"),
    ("GET", f"/api/runs/{new_id()}/events?after=x", {}, 422, "invalid_input"),
    ("GET", f"/api/runs/{new_id()}/events", {}, 404, "run_not_found"),
    ("POST", f"/api/runs/{new_id()}/cancel", {}, 404, "run_not_found"),
    ("POST", "/api/agent", {"json": {}}, 422, "invalid_input"),
    ("POST", "/api/agent", {"json": run_input("")}, 422, "message_empty"),
    ("POST", "/api/agent", {"json": run_input("x" * 32_001)}, 422, "message_too_long"),
    ("POST", "/api/agent", HALF_A_SIGN, 422, "invalid_input"),
    ("POST", "/api/agent", {"json": run_input("x", regenerate="m")}, 404, "message_not_found"),
]


class TestErrors:
    @pytest.mark.parametrize(
        ("method", "path", "content", "status", "code"),
        REFUSED,
        ids=[f"{number}-{case[4]}" for number, case in enumerate(REFUSED)],
    )
    async def test_have_one_form(
        self,
        rest: RestClient,
        method: str,
        path: str,
        content: dict[str, Any],
        status: int,
        code: str,
    ) -> None:
        answer = await rest.request(method, path, **content)

        body = answer.json()
        assert body.keys() == BODY_FIELDS
        assert (answer.status_code, body["code"]) == (status, code)
        assert body["retryable"] is False
        assert body["message"]

    async def test_name_the_place_of_a_fault(self, rest: RestClient) -> None:
        answer = await rest.get("/api/conversations", params={"limit": 0})

        assert answer.json()["message"].startswith("limit: ")


class TestBodies:
    @pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
    async def test_over_four_mebibytes_are_refused(self, rest: RestClient, announced: bool) -> None:
        body = b" " * (4 * MEBIBYTE + 1)

        answer = await rest.patch(
            f"/api/conversations/{new_id()}",
            content=body if announced else pieces(body),
            headers={"Content-Type": "application/json"},
        )

        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")

    async def test_up_to_that_are_read(self, rest: RestClient) -> None:
        body = b'{"title": "Mine"}'.ljust(4 * MEBIBYTE)

        answer = await rest.patch(
            f"/api/conversations/{new_id()}",
            content=body,
            headers={"Content-Type": "application/json"},
        )

        assert (answer.status_code, answer.json()["code"]) == (404, "conversation_not_found")


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), MEBIBYTE):
        yield body[start : start + MEBIBYTE]


class TestCors:
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
    async def test_the_page_may_ask(self, visitor: RestClient, method: str) -> None:
        answer = await preflight(visitor, ORIGIN, method)

        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert method in answer.headers["access-control-allow-methods"]
        assert "authorization" in answer.headers["access-control-allow-headers"].lower()
        assert "access-control-allow-credentials" not in answer.headers

    async def test_a_foreign_page_may_not(self, visitor: RestClient) -> None:
        answer = await preflight(visitor, FOREIGN, "GET")

        assert answer.status_code == 400
        assert "access-control-allow-origin" not in answer.headers

    async def test_the_page_may_read_refusals(self, visitor: RestClient) -> None:
        answer = await visitor.get("/api/me", headers={"Origin": ORIGIN})

        assert answer.status_code == 401
        assert answer.headers["access-control-allow-origin"] == ORIGIN

    async def test_a_foreign_page_reads_nothing(self, someone: Someone) -> None:
        answer = await someone.http.get("/api/me", headers={"Origin": FOREIGN})

        assert "access-control-allow-origin" not in answer.headers


async def preflight(client: RestClient, origin: str, method: str) -> httpx.Response:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return await client.options("/api/conversations", headers=asked)


@pytest.mark.parametrize(
    "path",
    [
        "/api/me",
        "/api/openapi.json",
        "/api/nothing",
        "/health",
        "/config.json",
        "/",
        "/conversations/1",
        "/assets/app-1a2b.js",
        "/assets/nothing.js",
    ],
)
async def test_every_response_carries_the_security_headers(
    visitor: RestClient, sandbox: SandboxClient, path: str
) -> None:
    headers = (await visitor.get(path)).headers

    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["connect-src"] == policy["frame-src"] == f"'self' {sandbox.base_url}"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert (headers.get("cache-control") == "no-store") == path.startswith("/api")
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_the_return_from_a_sign_in_may_be_framed_by_the_page_alone(
    visitor: RestClient,
) -> None:
    there, elsewhere = [(await visitor.get(path)).headers for path in ("/redirect.html", "/")]
    policy, usual = (headers["content-security-policy"] for headers in (there, elsewhere))

    assert there["x-frame-options"] == "SAMEORIGIN"
    assert there["cross-origin-opener-policy"] == "unsafe-none"
    assert policy == usual.replace("frame-ancestors 'none'", "frame-ancestors 'self'") != usual
    assert there["x-content-type-options"] == "nosniff"


class TestHealth:
    async def test_is_open_to_probers(self, visitor: RestClient) -> None:
        assert (await visitor.get("/health")).json() == {"status": "ok", "build": "build-7"}

    async def test_ready_names_every_check(self, visitor: RestClient) -> None:
        answer = await visitor.get("/health/ready")

        assert answer.status_code == 200
        assert answer.json()["build"] == "build-7"
        assert answer.json()["checks"] == dict.fromkeys(
            ("postgresql", "redis", "llm", "sailpoint"), "ok"
        )
