"""A process that is told to stop: pages move, answers finish, nobody is failed."""

import asyncio
import os
import signal

import httpx
import pytest

from tests.fixtures.chat import TERMINAL, new_id, open_chat, run_input, text_of
from tests.fixtures.restarts import Fleet, rolling_restart
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.fixtures.survivor import words

pytestmark = pytest.mark.integration


async def test_pages_are_asked_to_move_and_the_answer_is_finished(
    start_web: StartWeb, other_web: WebServer, sandbox: SandboxClient
) -> None:
    leaving = start_web()
    asked = run_input(f"Finish {new_id()} [[sandbox tokens=40 delay_ms=50]]")
    token = sandbox.token("employee")
    headers = {"Authorization": f"Bearer {token}"}
    async with open_chat(leaving, token) as chat, httpx.AsyncClient(headers=headers) as http:
        await http.get(f"{leaving.url}/api/me")  # a connection from before
        await chat.send(type="run", input=asked)
        await chat.receive_until("TEXT_MESSAGE_CONTENT")
        os.kill(leaving.child.pid, signal.SIGTERM)
        told = (await chat.receive_until("draining", *TERMINAL))[-1]
        late = run_input("Too late [[sandbox tokens=1]]")
        refused = await http.post(f"{leaving.url}/api/agent", json=late)
        await chat.send(type="run", input=late)
        rest_of_it = await chat.receive_until(*TERMINAL)
        exit_code = await asyncio.to_thread(leaving.child.wait, 60)
    async with open_chat(other_web, token) as reader:
        events = await reader.attach(asked["runId"])
        answered = await reader.run(late)

    assert told["type"] == "draining"
    assert (refused.status_code, refused.json()["code"]) == (503, "draining")
    assert "error" not in [event["type"] for event in rest_of_it]
    assert {e["metadata"]["gen"] for e in events} == {1}
    assert text_of(events) == words(40)
    assert answered[-1]["type"] == "RUN_FINISHED"
    assert exit_code == 0
    log = leaving.child.log.read_text()
    assert log.index("drain.ended") < log.index("web.stopped")


async def test_a_rolling_restart_fails_no_run(start_web: StartWeb, sandbox: SandboxClient) -> None:
    fleet = Fleet(start_web, [start_web(), start_web()])
    asked, moves, _ = await rolling_restart(
        fleet, [sandbox.token("employee")], pages=6, runs=3, rounds=1
    )

    assert len(asked) >= 3
    assert len(moves) >= 6
    assert set(fleet.exit_codes) == {0}
