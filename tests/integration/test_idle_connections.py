"""What waits in silence is not cut on its way. Time is scaled: the full length is a chaos test."""

import asyncio

import pytest

from tests.fixtures.idle import idle_socket_lives, waiting_stream_lives
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

SCALED = {"WS_PING_SECONDS": "0.3", "SSE_COMMENT_SECONDS": "0.3"}
SILENCE_SECONDS = 1.5
UNUSED_SECONDS = 6.0
"""Longer than a server of the kind keeps a connection by itself: gunicorn's 2 s, uvicorn's 5."""


async def test_an_idle_socket_is_never_cut(start_web: StartWeb, sandbox: SandboxClient) -> None:
    async with asyncio.timeout(60):
        await idle_socket_lives(start_web(**SCALED), sandbox, SILENCE_SECONDS)


async def test_a_waiting_stream_is_never_cut(start_web: StartWeb, sandbox: SandboxClient) -> None:
    async with asyncio.timeout(60):
        await waiting_stream_lives(start_web(**SCALED), sandbox, SILENCE_SECONDS)


async def test_an_unused_connection_is_kept_for_the_front_end(web: WebServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with asyncio.timeout(60):
        for pause in (UNUSED_SECONDS, 0):
            writer.write(request)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            await asyncio.sleep(pause)
            await reader.read(10_000)  # the body
        writer.close()
        await writer.wait_closed()
