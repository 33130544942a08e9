"""What the product keeps in Redis: in which database, for how long, and in which slot."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from modules.backend.core.redis import Purpose
from modules.sandbox.launcher.ports import free_port
from modules.sandbox.launcher.valkey import start_valkey
from tests.fixtures.chat import Chat, Frame, new_id, open_chat, run_input
from tests.fixtures.commands import (
    SCHEDULER,
    SCHEDULER_IS_READY,
    WORKER,
    WORKER_IS_READY,
    RunCommand,
)
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

HOUR = 3600
LONGEST = {
    Purpose.SESSION: HOUR,
    Purpose.STATE: 4 * HOUR,
    Purpose.LIMIT: HOUR,
    Purpose.SAILPOINT: HOUR,
    Purpose.TASKS: 26 * HOUR,
}
"""Seconds that a key of each purpose may live at most."""
BOUNDED_BY_LENGTH = {b"stream", b"zset", b"hash"}
"""Of the queue: its stream, what is postponed, the last due times. They last, and do not grow."""


@dataclass(frozen=True)
class Journeyed:
    """A Redis after somebody's whole journey."""

    url: str
    web: WebServer
    run_id: str

    def client(self, number: int = 0) -> Redis:
        return Redis.from_url(f"{self.url.rpartition('/')[0]}/{number}")


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One node with every slot: it refuses what a cluster of many would."""
    with ExitStack() as running:
        folder = tmp_path_factory.mktemp("clustered")
        options = ["cluster-enabled yes", f"cluster-port {free_port()}"]
        server, url = start_valkey(folder, durable=False, options=options)
        running.callback(server.stop)
        asyncio.run(_take_every_slot(url))
        yield url


@pytest.fixture(scope="module")
def separate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server, url = start_valkey(tmp_path_factory.mktemp("separate"), durable=False)
    yield url
    server.stop()


@pytest_asyncio.fixture(scope="module")
async def in_a_cluster(
    clustered: str,
    start_web: StartWeb,
    run_command: RunCommand,
    settings_env: dict[str, str],
    sandbox: SandboxClient,
) -> AsyncIterator[Journeyed]:
    settings = {"REDIS_URL": clustered}
    yield await _journey(settings, start_web, run_command, settings_env, sandbox)


async def test_a_clustered_redis_refuses_nothing(in_a_cluster: Journeyed) -> None:
    async with in_a_cluster.client() as client:
        errors = await client.info("errorstats")

    assert {name for name in errors if "CROSSSLOT" in name} == set()
    assert "CROSSSLOT" not in in_a_cluster.web.child.log.read_text()


async def test_every_key_has_its_lifetime(in_a_cluster: Journeyed) -> None:
    kept: dict[str, str] = {}
    seen: set[Purpose] = set()
    async with in_a_cluster.client() as client:
        async for key in client.scan_iter():
            name, left = key.decode(), await client.ttl(key)
            purpose = _purpose_of(name)
            seen.add(purpose)
            if left > LONGEST[purpose]:
                kept[name] = f"for {left} s"
            elif left == -1 and not (
                purpose is Purpose.TASKS and await client.type(key) in BOUNDED_BY_LENGTH
            ):
                kept[name] = "for ever"
        log_left = await client.ttl(f"icarus:state:log:{in_a_cluster.run_id}")

    assert kept == {}
    assert 0 < log_left <= 600
    assert seen == set(Purpose)


async def test_the_standards_databases_hold_each_its_own(
    separate: str,
    start_web: StartWeb,
    run_command: RunCommand,
    settings_env: dict[str, str],
    sandbox: SandboxClient,
) -> None:
    settings = {"REDIS_URL": separate, "REDIS_LAYOUT": "databases"}
    journeyed = await _journey(settings, start_web, run_command, settings_env, sandbox)
    found: dict[int, set[Purpose]] = {}
    for number in range(6):
        async with journeyed.client(number) as client:
            found[number] = {_purpose_of(key.decode()) async for key in client.scan_iter()}

    assert found == {purpose.database: {purpose} for purpose in Purpose} | {5: set()}


async def _journey(
    settings: dict[str, str],
    start_web: StartWeb,
    run_command: RunCommand,
    settings_env: dict[str, str],
    sandbox: SandboxClient,
) -> Journeyed:
    """Asks, uses tools, confirms a change, and has the worker and the scheduler at work."""
    sandbox.http.post("/control/sailpoint/reset").raise_for_status()
    sandbox.http.post("/control/sailpoint/delays", json="instant").raise_for_status()
    env = settings_env | settings
    worker = run_command(WORKER, env, says=WORKER_IS_READY)
    run_command(SCHEDULER, env, says=SCHEDULER_IS_READY)
    web = start_web(**settings)
    thread_id = new_id()
    async with open_chat(web, sandbox.token("employee")) as chat:
        events = await _say(chat, thread_id, "What can I request for reporting?")
        (result,) = [json.loads(e["content"]) for e in events if e["type"] == "TOOL_CALL_RESULT"]
        item = next(item for item in result["items"] if item["status"] == "available")
        words = f"I need {item['name']} because I cover for a colleague until 31 January"
        events = await _say(chat, thread_id, words)
        (asks,) = events[-1]["outcome"]["interrupts"]
        confirm = {
            "interruptId": asks["id"],
            "status": "resolved",
            "payload": {"decision": "confirm"},
        }
        asked = run_input("", thread_id=thread_id) | {"messages": [], "resume": [confirm]}
        events = await chat.run(asked)
    assert events[-1]["type"] == "RUN_FINISHED"
    await asyncio.to_thread(
        worker.wait_until, lambda: "task.ended" in worker.log.read_text(), timeout=60
    )
    return Journeyed(settings["REDIS_URL"], web, asked["runId"])


async def _say(chat: Chat, thread_id: str, words: str) -> list[Frame]:
    events = await chat.ask(words, thread_id=thread_id)
    assert events[-1]["type"] == "RUN_FINISHED", events[-1]
    return events


def _purpose_of(key: str) -> Purpose:
    return next(purpose for purpose in Purpose if key.startswith(purpose.prefix))


async def _take_every_slot(url: str) -> None:
    async with Redis.from_url(url) as client:
        await client.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
        async with asyncio.timeout(60):
            # The server says when, and tells nobody.
            while await _state(client) != "ok":
                await asyncio.sleep(0.1)


async def _state(client: Redis) -> str:
    return str((await client.execute_command("CLUSTER INFO"))["cluster_state"])
