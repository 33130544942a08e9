"""PostgreSQL is slow, or all connections to it are in use: what is under way waits for it."""

import asyncio

import httpx
import pytest

from tests.fixtures.asking import Asking, asked
from tests.fixtures.doomed import Doomed
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

MANY = 40
"""More than a process has connections to PostgreSQL: 10, and 5 in need."""


async def test_slow_is_waited_for(shaky: Doomed, sandbox: SandboxClient) -> None:
    run = Asking(shaky.web, sandbox, asked())
    await run.begun()
    for _ in range(3):
        shaky.wires["postgres"].freeze()
        await asyncio.sleep(0.8)
        shaky.wires["postgres"].thaw()
        await asyncio.sleep(0.3)
    await run.ends_well()

    assert run.client.held.gen == 1


async def test_whose_connections_are_all_in_use_is_waited_for(
    shaky: Doomed, sandbox: SandboxClient
) -> None:
    run = Asking(shaky.web, sandbox, asked())
    await run.begun()
    headers = {"Authorization": f"Bearer {run.token}"}
    async with httpx.AsyncClient(
        base_url=shaky.web.url, headers=headers, timeout=60, limits=httpx.Limits()
    ) as http:
        shaky.wires["postgres"].freeze()
        reads = [asyncio.create_task(http.get("/api/conversations")) for _ in range(MANY)]
        await asyncio.sleep(1)
        is_waited_for = [not read.done() for read in reads]
        shaky.wires["postgres"].thaw()
        answers = await asyncio.gather(*reads)
    await run.ends_well()

    assert all(is_waited_for)
    assert {answer.status_code for answer in answers} == {200}
    assert run.client.held.gen == 1
