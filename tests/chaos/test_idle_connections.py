"""Idle connections at full length: the product's own intervals, a proxy that cuts after 60 s."""

import pytest

from tests.fixtures.idle import idle_socket_lives, waiting_stream_lives
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

SILENCE_SECONDS = 60.0


async def test_an_idle_socket_is_never_cut(web: WebServer, sandbox: SandboxClient) -> None:
    await idle_socket_lives(web, sandbox, SILENCE_SECONDS)


async def test_a_waiting_stream_is_never_cut(web: WebServer, sandbox: SandboxClient) -> None:
    await waiting_stream_lives(web, sandbox, SILENCE_SECONDS / 3.5)
