"""Signing out everywhere, guests and applications."""

import asyncio
import json
import time

import httpx
import pytest
import redis.asyncio as redis
import websockets

from tests.fixtures.chat import Chat, new_id, open_chat, run_input
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

LATER = 2
"""Seconds: tokens and sign-outs are told apart by the second."""


def token_of(sandbox: SandboxClient, oid: str, **claims: object) -> str:
    return sandbox.token("employee", claims=json.dumps({"oid": oid, **claims}))


async def get(web: WebServer, token: str, path: str = "/api/me") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=web.url, headers=headers, timeout=30) as client:
        return await client.get(path)


async def post(web: WebServer, token: str, path: str, **body: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=web.url, headers=headers, timeout=30) as client:
        return await client.post(path, **body)


async def closed(chat: Chat) -> tuple[str, int]:
    """What a socket was told at its end, and its close code."""
    refusal = (await chat.receive_until("error"))[-1]
    with pytest.raises(websockets.ConnectionClosed) as end:
        await chat.receive()
    assert end.value.rcvd is not None
    return refusal["code"], end.value.rcvd.code


async def test_every_socket_closes_and_every_token_ends(
    web: WebServer, other_web: WebServer, sandbox: SandboxClient
) -> None:
    oid, now = new_id(), int(time.time())
    phone = token_of(sandbox, oid, iat=now - 60)
    laptop = token_of(sandbox, oid, iat=now - 30)
    bystander = token_of(sandbox, new_id(), iat=now - 60)
    async with (
        open_chat(web, phone) as here,
        open_chat(other_web, laptop) as there,
        open_chat(web, bystander) as somebody,
    ):
        answer = await post(other_web, laptop, "/api/sign-out")
        ends = await asyncio.gather(closed(here), closed(there))
        await somebody.send(type="ping")
        pong = await somebody.receive()
    refused = [await get(server, old) for server in (web, other_web) for old in (phone, laptop)]
    fresh = await get(web, token_of(sandbox, oid, iat=now + LATER))

    assert answer.status_code == 204
    assert ends == [("signed_out", 4401)] * 2
    assert pong == {"type": "pong"}
    assert {(r.status_code, r.json()["code"]) for r in refused} == {(401, "signed_out")}
    assert fresh.status_code == 200


async def test_an_old_token_opens_no_socket(web: WebServer, sandbox: SandboxClient) -> None:
    token = token_of(sandbox, new_id(), iat=int(time.time()) - 60)
    await post(web, token, "/api/sign-out")
    async with websockets.connect(web.socket_url) as socket:
        await socket.send(json.dumps({"type": "auth", "token": token}))
        refusal = json.loads(await socket.recv())

    assert refusal["code"] == "signed_out"


async def test_who_they_are_at_sailpoint_is_forgotten(
    web: WebServer, sandbox: SandboxClient, redis_url: str
) -> None:
    token = token_of(sandbox, new_id(), iat=int(time.time()) - 60, exp=int(time.time()) + 600)
    person = (await get(web, token)).json()["id"]
    await get(web, token, "/api/team")
    async with redis.Redis.from_url(redis_url) as store:
        key = f"icarus:session:identity:{person}"
        lives = await store.ttl(key)
        await post(web, token, "/api/sign-out")
        left = await store.exists(key)

    assert 0 < lives <= 630, "never past the token, which has ten minutes"
    assert left == 0


class TestGuests:
    @pytest.mark.parametrize(
        "claims", [{"acct": 1}, {"idp": "https://sts.windows.net/another/"}, {"idp": "live.com"}]
    )
    async def test_stay_outside(
        self, web: WebServer, sandbox: SandboxClient, claims: dict[str, object]
    ) -> None:
        answer = await get(web, token_of(sandbox, new_id(), **claims))

        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


class TestApplications:
    @pytest.fixture
    def smoke(self, sandbox: SandboxClient) -> str:
        roles = ["Chat.Smoke", "Chat.Admin"]
        return token_of(sandbox, new_id(), scp=None, roles=roles, preferred_username=None)

    async def test_with_the_role_chat_and_read(self, web: WebServer, smoke: str) -> None:
        async with open_chat(web, smoke) as chat:
            events = await chat.ask("[[sandbox tokens=1]]")
        me = await get(web, smoke)
        read = await get(web, smoke, "/api/conversations")

        assert events[-1]["type"] == "RUN_FINISHED"
        assert me.json()["roles"] == ["Chat.Smoke"], "it never administers"
        assert read.json()["items"]

    async def test_decide_and_change_nothing(self, web: WebServer, smoke: str) -> None:
        word = {"interruptId": new_id(), "status": "cancelled"}
        decided = await post(web, smoke, "/api/agent", json=run_input("x") | {"resume": [word]})
        prepared = await post(web, smoke, "/api/proposals", json={"kind": "x", "arguments": {}})

        for answer in (decided, prepared):
            assert (answer.status_code, answer.json()["code"]) == (403, "person_only")

    async def test_without_the_role_stay_outside(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        answer = await get(web, token_of(sandbox, new_id(), scp=None, roles=["Chat.Admin"]))

        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
