"""What waits in silence is not cut on its way. Time is scaled: the full length is a chaos test."""

import asyncio

import pytest

from tests.fixtures.idle import idle_socket_lives, waiting_stream_lives
from tests.fixtures.servers import StartWeb
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

SCALED = {"WS_PING_SECONDS": "0.3", "SSE_COMMENT_SECONDS": "0.3"}
SILENCE_SECONDS = 1.5


async def test_an_idle_socket_is_never_cut(start_web: StartWeb, sandbox: SandboxClient) -> None:
    async with asyncio.timeout(60):
        await idle_socket_lives(start_web(**SCALED), sandbox, SILENCE_SECONDS)


async def test_a_waiting_stream_is_never_cut(start_web: StartWeb, sandbox: SandboxClient) -> None:
    async with asyncio.timeout(60):
        await waiting_stream_lives(start_web(**SCALED), sandbox, SILENCE_SECONDS)
