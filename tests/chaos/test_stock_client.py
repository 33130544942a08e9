"""The protocol's own client, unchanged, posting its run again after `kill -9`."""

import random

import pytest

from tests.chaos.conftest import Table
from tests.fixtures.doomed import doomed_web
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stock_agent import stock_agent, survives_a_kill
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

KILLS = 200


async def test_its_messages_end_as_the_servers(
    start_web: StartWeb,
    web: WebServer,
    sandbox: SandboxClient,
    database_url: str,
    redis_url: str,
    table: Table,
) -> None:
    chance = random.Random(2)
    token = sandbox.token("employee")
    seconds: list[float] = []
    async with (
        doomed_web(start_web, database_url, redis_url) as doomed,
        stock_agent([doomed.web, web], token) as agent,
    ):
        for _ in range(KILLS):
            await doomed.ready()
            seconds.append(await survives_a_kill(agent, doomed, web, token, chance))

    table.add("kill -9 under the stock HttpAgent", f"{len(seconds)} of {KILLS} equal", seconds)
