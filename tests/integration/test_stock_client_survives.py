"""The protocol's own client, unchanged, ends with the server's messages though its server died."""

import random

import pytest

from tests.fixtures.doomed import doomed_web
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stock_agent import stock_agent, survives_a_kill
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


async def test_its_messages_end_as_the_servers(
    start_web: StartWeb, web: WebServer, sandbox: SandboxClient, database_url: str, redis_url: str
) -> None:
    token = sandbox.token("employee")
    async with (
        doomed_web(start_web, database_url, redis_url) as doomed,
        stock_agent([doomed.web, web], token) as agent,
    ):
        await survives_a_kill(agent, doomed, web, token, random.Random(1))
