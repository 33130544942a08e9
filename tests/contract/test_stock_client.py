"""Any client of the protocol can talk to this server: its own client, unchanged, does."""

import asyncio
import json
from typing import Any

import pytest

from modules.sandbox.launcher.node import node_environment
from tests.fixtures.chat import new_id
from tests.fixtures.rest_client import RestClient
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import ROOT, SandboxClient

pytestmark = pytest.mark.integration

SCRIPT = ROOT / "tests" / "contract" / "http_agent.mjs"


async def test_a_conversation_of_three_turns(
    web: WebServer, sandbox: SandboxClient, rest: RestClient
) -> None:
    questions = [f"[[sandbox tokens={n} delay_ms=2]]" for n in (5, 40, 1)]
    thread_id, results = await _converse(web, sandbox, questions)
    stored = (await rest.get(f"/api/conversations/{thread_id}/messages")).json()

    held = results[-1]["messages"]
    assert [m["content"] for m in held if m["role"] == "assistant"] == [
        " ".join(f"w{i}" for i in range(1, n + 1)) for n in (5, 40, 1)
    ]
    assert _as_held(held) == _as_held(stored)
    for result in results:
        assert [e["type"] for e in result["events"]].count("RUN_FINISHED") == 1


async def test_a_run_that_is_posted_again_changes_nothing(
    web: WebServer, sandbox: SandboxClient, rest: RestClient
) -> None:
    question = f"{new_id()} [[sandbox tokens=30]]"
    thread_id, results = await _converse(
        web, sandbox, ["[[sandbox tokens=2]]", question, {"repost": True}]
    )
    stored = (await rest.get(f"/api/conversations/{thread_id}/messages")).json()

    assert _as_held(results[2]["messages"]) == _as_held(results[1]["messages"])
    assert _as_held(results[2]["messages"]) == _as_held(stored)
    assert len(sandbox.calls(question)) == 1


async def _converse(
    web: WebServer, sandbox: SandboxClient, steps: list[Any]
) -> tuple[str, list[dict[str, Any]]]:
    thread_id = new_id()
    task = {
        "url": f"{web.url}/api/agent",
        "token": sandbox.token("employee"),
        "threadId": thread_id,
        "steps": steps,
    }
    node = await asyncio.create_subprocess_exec(
        "node",
        str(SCRIPT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=node_environment(),
    )
    async with asyncio.timeout(60):
        output, errors = await node.communicate(json.dumps(task).encode())
    assert node.returncode == 0, errors.decode()
    return thread_id, json.loads(output)


def _as_held(messages: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(m["id"], m["role"], m["content"]) for m in messages]
