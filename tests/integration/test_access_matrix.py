"""Every address and every frame, with everything that must not open it.

The addresses come from the table of routes itself: one that is new is in here by being there, and
one that is open, takes ids or is for administrators must be said to be so below (ids of nobody: in
`tests/fixtures/addresses.py`).
"""

from collections.abc import AsyncIterator
from typing import Any
from unittest import mock

import httpx
import pytest
import pytest_asyncio
import websockets
from fastapi.routing import APIWebSocketRoute
from starlette.routing import BaseRoute

from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.schemas.agent import FRAME_TYPES
from tests.fixtures.addresses import OF_NOBODY, Address, addresses, flat
from tests.fixtures.bad_tokens import bad_tokens
from tests.fixtures.chat import Chat, new_id, open_chat, run_input
from tests.fixtures.logs import logging_as_a_process
from tests.fixtures.rest import Meet, Shelf, Someone
from tests.fixtures.servers import ORIGIN, WebServer
from tests.fixtures.stores import SandboxClient
from tests.integration.proposals.test_rest_proposals import proposed

pytestmark = pytest.mark.integration

OPEN = {
    ("GET", "/health"),
    ("HEAD", "/health"),
    ("GET", "/health/ready"),
    ("HEAD", "/health/ready"),
    ("GET", "/config.json"),
    ("GET", "/api/openapi.json"),
    ("HEAD", "/api/openapi.json"),
    ("GET", "/api/sailpoint/callback"),
}
"""What answers without a sign-in: for probers, for the page before it, and for a browser that
SailPoint sends back."""
SOCKETS = {"/ws/chat"}
SPECIAL_QUERIES = {("GET", "/api/usage"): {"scope": "all"}}
"""Addresses that are for administrators only when asked like this."""

OWNED = {
    "conversation_id": "conversation_not_found",
    "run_id": "run_not_found",
    "proposal_id": "proposal_not_found",
    "message_id": "message_not_found",
}
"""Ids in addresses that belong to a person: another one is told that there is nothing."""


@pytest.fixture(scope="module")
def routes(settings_env: dict[str, str], settings: Settings) -> list[BaseRoute]:
    """The table of routes of the application itself."""
    with logging_as_a_process(), mock.patch.dict("os.environ", settings_env, clear=True):
        from modules.backend.main import create_app  # noqa: PLC0415  # reads the settings

        return list(flat(create_app(settings).routes))


@pytest.fixture(scope="module")
def closed(routes: list[BaseRoute]) -> list[Address]:
    found = [address for address in addresses(routes) if address.key not in OPEN]
    assert all(address.path.startswith("/api/") for address in found), found
    assert len(found) > 25
    return found


@pytest.fixture(scope="module")
def bad_tokens_of_all_kinds(sandbox: SandboxClient) -> dict[str, tuple[str, str]]:
    return bad_tokens(sandbox)


@pytest_asyncio.fixture
async def stranger(web: WebServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=web.url, timeout=30) as client:
        yield client


class TestAddresses:
    def test_what_is_open_is_there(self, routes: list[BaseRoute]) -> None:
        assert {a.key for a in addresses(routes)} >= OPEN

    def test_every_id_in_an_address_is_known_here(self, closed: list[Address]) -> None:
        names = {name for address in closed for name in address.parameters}

        assert names == OWNED.keys() | OF_NOBODY.keys()

    async def test_nothing_opens_without_a_token_that_holds(
        self,
        stranger: httpx.AsyncClient,
        closed: list[Address],
        bad_tokens_of_all_kinds: dict[str, tuple[str, str]],
    ) -> None:
        wrong = []
        for address in closed:
            for kind, (token, code) in bad_tokens_of_all_kinds.items():
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                answer = await stranger.request(address.method, address.filled(), headers=headers)
                told = "" if address.method == "HEAD" else answer.json()["code"]
                if (answer.status_code, told) != (401, code):
                    wrong.append((*address.key, kind, answer.status_code, told))

        assert wrong == []

    async def test_what_is_not_there_opens_nothing_either(
        self, stranger: httpx.AsyncClient
    ) -> None:
        for path in ("/api/nothing", "/api/", "/api/me/", "/api//me"):
            assert (await stranger.get(path)).status_code == 401, path

    async def test_an_employee_is_no_administrator(
        self, someone: Someone, closed: list[Address]
    ) -> None:
        asked = [(a, {}) for a in closed if a.is_admins]
        asked += [(a, SPECIAL_QUERIES[a.key]) for a in closed if a.key in SPECIAL_QUERIES]
        assert len(asked) >= 8
        for address, query in asked:
            answer = await someone.http.request(address.method, address.filled(), params=query)

            assert answer.status_code == 403, address
            assert answer.json()["code"] in ("admin_only", "forbidden")

    async def test_nobody_reaches_what_is_somebody_elses(
        self,
        meet: Meet,
        shelf: Shelf,
        database: Database,
        web: WebServer,
        closed: list[Address],
    ) -> None:
        owner, other = await meet(), await meet()
        asked = run_input("[[sandbox tokens=1]]")
        async with open_chat(web, owner.token) as chat:
            events = await chat.run(asked)
        ids = {
            "conversation_id": await shelf.put(owner, "Mine", "Yours"),
            "run_id": asked["runId"],
            "proposal_id": await proposed(database, owner),
            "message_id": next(e["messageId"] for e in events if "messageId" in e),
        }
        for address in closed:
            theirs = set(address.parameters) & OWNED.keys()
            if not theirs or address.is_admins:
                continue
            body = BODIES.get(address.path)
            answer = await other.http.request(address.method, address.filled(**ids), json=body)

            assert answer.status_code == 404, (address, answer.text)
            assert answer.json()["code"] == OWNED[theirs.pop()]
        kept = await owner.http.get(f"/api/conversations/{ids['conversation_id']}")
        assert kept.status_code == 200


BODIES = {
    "/api/conversations/{conversation_id}": {"title": "Theirs"},
    "/api/proposals/{proposal_id}/decision": {"decision": "confirm"},
    "/api/feedback/{message_id}": {"rating": "up"},
}


def frames(token: str) -> dict[str, dict[str, Any]]:
    """One of each type of frame."""
    return {
        "auth": {"token": token},
        "run": {"input": run_input("Hello")},
        "attach": {"runId": new_id()},
        "cancel": {"runId": new_id()},
        "ping": {},
    }


class TestFrames:
    def test_there_is_one_of_every_type(self, routes: list[BaseRoute]) -> None:
        sockets = {route.path for route in routes if isinstance(route, APIWebSocketRoute)}

        assert frames("").keys() == FRAME_TYPES
        assert sockets == SOCKETS

    @pytest.mark.parametrize("kind", sorted(FRAME_TYPES - {"auth"}))
    async def test_nothing_is_done_before_sign_in(self, web: WebServer, kind: str) -> None:
        assert await refusal(web, type=kind, **frames("")[kind]) == ("token_missing", 4401)

    async def test_no_token_that_does_not_hold_opens_a_socket(
        self, web: WebServer, bad_tokens_of_all_kinds: dict[str, tuple[str, str]]
    ) -> None:
        for kind, (token, code) in bad_tokens_of_all_kinds.items():
            expected = "token_invalid" if kind == "missing" else code
            assert await refusal(web, type="auth", token=token) == (expected, 4401), kind

    async def test_no_token_that_does_not_hold_renews_one(
        self, web: WebServer, someone: Someone, bad_tokens_of_all_kinds: dict[str, tuple[str, str]]
    ) -> None:
        async with open_chat(web, someone.token) as chat:
            for kind, (token, code) in bad_tokens_of_all_kinds.items():
                await chat.send(type="auth", token=token)
                answer = await chat.receive()
                expected = "token_invalid" if kind == "missing" else code
                assert (answer["type"], answer["code"]) == ("error", expected), kind

    @pytest.mark.parametrize("kind", ["attach", "cancel"])
    async def test_nobody_reaches_the_run_of_somebody_else(
        self, web: WebServer, meet: Meet, kind: str
    ) -> None:
        owner, other = await meet(), await meet()
        asked = run_input("[[sandbox tokens=1]]")
        async with open_chat(web, owner.token) as mine:
            await mine.run(asked)
        async with open_chat(web, other.token) as theirs:
            await theirs.send(type=kind, runId=asked["runId"])
            answer = await theirs.receive()

        assert (answer["type"], answer["code"]) == ("error", "run_not_found")

    async def test_nobody_writes_into_the_conversation_of_somebody_else(
        self, web: WebServer, meet: Meet, shelf: Shelf
    ) -> None:
        owner, other = await meet(), await meet()
        theirs = await shelf.put(owner, "Mine", "Yours")
        async with open_chat(web, other.token) as chat:
            events = await chat.ask("Let me in", thread_id=theirs)

        assert events[-1]["code"] == "conversation_not_found"


async def refusal(web: WebServer, **frame: Any) -> tuple[str, int]:
    """What a socket answers to its first frame, and with which code it closes."""
    async with websockets.connect(web.socket_url, origin=ORIGIN) as socket:
        chat = Chat(socket)
        await chat.send(**frame)
        answer = await chat.receive()
        with pytest.raises(websockets.ConnectionClosed) as closed_with:
            await chat.receive()
    assert closed_with.value.rcvd is not None
    return answer["code"], closed_with.value.rcvd.code
