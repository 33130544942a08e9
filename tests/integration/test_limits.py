"""Limits per person and per address: what is over them is told when to come again."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
import pytest_asyncio
import websockets

from modules.backend.core.config import Settings
from modules.backend.core.redis import RedisStores
from modules.backend.core.settings_security import LimitSettings
from modules.backend.services.guard.sockets import Sockets
from tests.fixtures.chat import TERMINAL, new_id, open_chat, run_input
from tests.fixtures.servers import ORIGIN, StartWeb, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

MINE = "203.0.113.7"
"""An address that the front end saw."""


@pytest.fixture(scope="module")
def limited(start_web: StartWeb) -> WebServer:
    return start_web(
        LIMITS="on",
        LIMIT_CALLS_PER_MINUTE="12",
        LIMIT_MESSAGES_PER_MINUTE="3",
        LIMIT_RUNS_AT_ONCE="1",
        LIMIT_SOCKETS="2",
        LIMIT_KIBIBYTES_PER_MINUTE="64",
        LIMIT_REFUSED_PER_MINUTE="5",
        LIMIT_WAITING_SOCKETS="3",
        BODY_SECONDS="1",
        HTTP_HEAD_SECONDS="1",
    )


@pytest.fixture
def token(sandbox: SandboxClient) -> str:
    """Of somebody whom nobody counted yet."""
    return sandbox.token("employee", claims=json.dumps({"oid": new_id()}))


@pytest_asyncio.fixture
async def client(limited: WebServer, token: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=limited.url, headers=headers, timeout=30) as opened:
        yield opened


class TestPeople:
    async def test_calls(self, client: httpx.AsyncClient) -> None:
        answers = [await client.get("/api/me") for _ in range(13)]

        assert {a.status_code for a in answers[:12]} == {200}
        refused = answers[12]
        assert refused.status_code == 429
        wait = int(refused.headers["retry-after"])
        assert 1 <= wait <= 60
        assert refused.json() == {
            "code": "too_many",
            "message": refused.json()["message"],
            "retryable": True,
            "retryAfterSeconds": wait,
        }

    async def test_another_person_goes_on(
        self, client: httpx.AsyncClient, sandbox: SandboxClient
    ) -> None:
        for _ in range(13):
            await client.get("/api/me")
        theirs = sandbox.token("manager", claims=json.dumps({"oid": new_id()}))
        answer = await client.get("/api/me", headers={"Authorization": f"Bearer {theirs}"})

        assert answer.status_code == 200

    async def test_bytes(self, client: httpx.AsyncClient) -> None:
        body = json.dumps(run_input("x")).ljust(40_000)
        headers = {"Content-Type": "application/json"}
        path = f"/api/conversations/{new_id()}"
        codes = [
            (await client.patch(path, content=body, headers=headers)).status_code for _ in range(2)
        ]

        assert codes == [422, 429]

    async def test_messages_are_refused_in_a_frame(self, limited: WebServer, token: str) -> None:
        async with open_chat(limited, token) as chat:
            ends = [(await chat.ask("[[sandbox tokens=1]]"))[-1] for _ in range(4)]

        assert [end["type"] for end in ends[:3]] == ["RUN_FINISHED"] * 3
        assert (ends[3]["type"], ends[3]["code"]) == ("error", "too_many")
        assert ends[3]["retryAfterSeconds"] >= 1
        assert "runId" in ends[3]

    async def test_answers_at_once(self, limited: WebServer, token: str) -> None:
        long, second = run_input("[[sandbox tokens=200 delay_ms=50]]"), run_input("More")
        async with open_chat(limited, token) as chat:
            await chat.send(type="run", input=long)
            await chat.receive_until("RUN_STARTED")
            await chat.send(type="run", input=second)
            refused = (await chat.receive_until("error"))[-1]
            await chat.send(type="cancel", runId=long["runId"])
            await chat.receive_until(*TERMINAL)
            again = await chat.run(second)

        assert (refused["code"], refused["runId"]) == ("too_many_runs", second["runId"])
        assert again[-1]["type"] == "RUN_FINISHED", "what was refused was not stored"

    async def test_sockets_over_all_processes(
        self, limited: WebServer, settings: Settings, token: str
    ) -> None:
        two = LimitSettings(limit_sockets=2)
        stores = RedisStores(settings.redis)
        elsewhere = Sockets(two, stores, capacity=10)
        async with AsyncExitStack() as exits, open_chat(limited, token) as first:
            exits.push_async_callback(stores.close)
            person = uuid.UUID(first.ready["user"]["id"])
            async with (
                elsewhere.of(person),
                websockets.connect(limited.socket_url, origin=ORIGIN) as third,
            ):
                await third.send(json.dumps({"type": "auth", "token": token}))
                refusal = json.loads(await third.recv())
                with pytest.raises(websockets.ConnectionClosed) as closed:
                    await third.recv()
            async with open_chat(limited, token) as again:
                assert again.ready["type"] == "ready", "a place that was left can be taken"

        assert (refusal["type"], refusal["code"]) == ("error", "too_many_sockets")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013


class TestAddresses:
    async def test_refused_sign_ins_whatever_the_client_writes(self, limited: WebServer) -> None:
        codes = []
        async with httpx.AsyncClient(base_url=limited.url) as stranger:
            for number in range(7):
                forged = f"198.51.100.{number}, {MINE}:{4000 + number}"
                answer = await stranger.get("/api/me", headers={"X-Forwarded-For": forged})
                codes.append(answer.status_code)

        assert codes == [401] * 5 + [429] * 2
        assert int(answer.headers["retry-after"]) >= 1

    async def test_colleagues_behind_the_same_address_go_on(
        self, limited: WebServer, client: httpx.AsyncClient
    ) -> None:
        headers = {"X-Forwarded-For": "203.0.113.8"}
        async with httpx.AsyncClient(base_url=limited.url, headers=headers) as stranger:
            for _ in range(7):
                last = await stranger.get("/api/me")
        answer = await client.get("/api/me", headers=headers)

        assert (last.status_code, answer.status_code) == (429, 200)

    async def test_a_network_of_ipv6_counts_as_one(self, limited: WebServer) -> None:
        async with httpx.AsyncClient(base_url=limited.url) as stranger:
            codes = [
                (
                    await stranger.get(
                        "/api/me", headers={"X-Forwarded-For": f"2001:db8:1:2::{number:x}"}
                    )
                ).status_code
                for number in range(6)
            ]

        assert codes == [401] * 5 + [429]

    async def test_sockets_that_wait_for_sign_in(self, limited: WebServer, token: str) -> None:
        async with AsyncExitStack() as opened:
            for _ in range(3):
                await opened.enter_async_context(
                    websockets.connect(limited.socket_url, origin=ORIGIN)
                )
            with pytest.raises(websockets.InvalidStatus) as refused:
                await opened.enter_async_context(
                    websockets.connect(limited.socket_url, origin=ORIGIN)
                )
        await _comes_in(limited, token)

        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"]


async def _comes_in(web: WebServer, token: str) -> None:
    """Returns once a person is let in: the server hears a moment later that sockets have closed."""
    async with asyncio.timeout(30):
        while True:
            try:
                async with open_chat(web, token) as chat:
                    assert chat.ready["type"] == "ready"
                    return
            except websockets.InvalidStatus:
                await asyncio.sleep(0.05)


class TestSlowness:
    async def test_a_body_that_trickles_is_given_up(self, limited: WebServer, token: str) -> None:
        head = (
            f"PATCH /api/conversations/{new_id()} HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            "Content-Length: 1000\r\n\r\n"
        )
        answer = await trickle(limited, head.encode(), b"{")

        assert answer.startswith(b"HTTP/1.1 408")
        assert b"body_too_slow" in answer

    async def test_a_head_that_trickles_is_given_up(self, limited: WebServer) -> None:
        assert await trickle(limited, b"GET /health HTTP/1.1\r\nX: ", b"x") == b""

    async def test_silence_is_given_up(self, limited: WebServer) -> None:
        assert await trickle(limited, b"", b"") == b""

    async def test_a_stranger_is_refused_before_the_body_is_read(self, limited: WebServer) -> None:
        head = (
            b"POST /api/agent HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.20\r\n"
            b"Content-Type: application/json\r\nContent-Length: 4000000\r\n"
            b"Connection: close\r\n\r\n"
        )
        answer = await trickle(limited, head, b"")

        assert answer.startswith(b"HTTP/1.1 401")


async def trickle(web: WebServer, head: bytes, drop: bytes) -> bytes:
    """Sends the head and then a byte now and then. Returns what came until the end."""
    async with asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
        writer.write(head)

        async def drip() -> None:
            while drop:
                writer.write(drop)
                await asyncio.sleep(0.2)

        dripping = asyncio.create_task(drip())
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            dripping.cancel()
            writer.close()
