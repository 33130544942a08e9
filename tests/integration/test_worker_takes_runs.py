"""A run that no web process is left to go on with: the worker does."""

import asyncio

import asyncpg
import pytest

from tests.fixtures.chat import new_id, open_chat, run_input
from tests.fixtures.commands import WORKER, WORKER_IS_READY, RunCommand
from tests.fixtures.effect_store import OwnStores
from tests.fixtures.servers import StartWeb
from tests.fixtures.stores import SandboxClient
from tests.fixtures.survivor import words

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("own_stores")]

DEADLINE_SECONDS = 90
LOOK_SECONDS = 0.2


async def test_the_worker_ends_it(
    own_stores: OwnStores,
    start_web: StartWeb,
    run_command: RunCommand,
    sandbox: SandboxClient,
) -> None:
    urls = {"DATABASE_URL": own_stores.database_url, "REDIS_URL": own_stores.redis_url}
    only = start_web(**urls)
    asked = run_input(f"Alone {new_id()} [[sandbox tokens=40 delay_ms=50]]")
    async with open_chat(only, sandbox.token("employee")) as chat:
        await chat.send(type="run", input=asked)
        await chat.receive_until("TEXT_MESSAGE_CONTENT")
        only.child.kill()
    worker = run_command(WORKER, own_stores.env, says=WORKER_IS_READY)
    connection = await asyncpg.connect(own_stores.database_url.replace("+asyncpg", ""))
    async with asyncio.timeout(DEADLINE_SECONDS):
        # The worker does it: there is no event to wait for.
        while (run := await _run(connection, asked["runId"]))["status"] == "running":
            await asyncio.sleep(LOOK_SECONDS)
    content = await connection.fetchval(
        "SELECT content FROM messages WHERE run_id = $1 AND role = 'assistant'", asked["runId"]
    )
    kind = await connection.fetchval("SELECT kind FROM processes WHERE id = $1", run["owner_id"])
    await connection.close()
    worker.stop()

    assert (run["status"], run["fence"]) == ("finished", 2)
    assert content == words(40)
    assert kind == "worker"


async def _run(connection: asyncpg.Connection, run_id: str) -> asyncpg.Record:
    found = await connection.fetchrow(
        "SELECT status, fence, owner_id FROM runs WHERE id = $1", run_id
    )
    assert found is not None
    return found
