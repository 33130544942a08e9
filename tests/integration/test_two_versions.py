"""Two builds share the stores while pages move from one to the other."""

import asyncio
from collections.abc import Callable, Iterator

import asyncpg
import pytest

from tests.fixtures.chat import TERMINAL, new_id, open_chat, run_input
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.fixtures.survivor import Survivor, begun, words

pytestmark = pytest.mark.integration

NEXT_BUILD = "tests.fixtures.next_build:app"
PAST_THE_LEASE = 10.0
"""By then a process that may claim a run has claimed it."""


@pytest.fixture
def start_next(start_web: StartWeb) -> Iterator[Callable[[], WebServer]]:
    """Starts processes of the next build. None is left after a test: it would claim for others."""
    started: list[WebServer] = []

    def start() -> WebServer:
        started.append(start_web(app=NEXT_BUILD))
        return started[-1]

    yield start
    for web in started:
        web.child.kill()


@pytest.fixture
def next_web(start_next: Callable[[], WebServer]) -> WebServer:
    return start_next()


async def test_what_the_next_build_says_is_passed_on_as_it_is(
    web: WebServer, next_web: WebServer, sandbox: SandboxClient
) -> None:
    token = sandbox.token("employee")
    asked = run_input(f"News {new_id()} [[sandbox tokens=30 delay_ms=20]]")
    async with open_chat(next_web, token) as new, open_chat(web, token) as old:
        await new.send(type="run", input=asked)
        events = await new.receive_until("RUN_STARTED")
        relayed = await old.attach(asked["runId"])
        events += await new.receive_until(*TERMINAL)
        again = await old.attach(asked["runId"])

    assert relayed == again == events
    assert events[0]["fromTheNextBuild"] is True
    said = next(e["value"] for e in events if e["type"] == "CUSTOM")
    assert said == {"deep": [1, {"er": None}]}


async def test_each_answers_in_the_others_conversation(
    web: WebServer, next_web: WebServer, sandbox: SandboxClient
) -> None:
    token = sandbox.token("employee")
    thread_id = new_id()
    for here in (web, next_web, web, next_web):
        asked = run_input("[[sandbox tokens=4]]", thread_id=thread_id)
        survivor = Survivor([here], token, asked)
        await survivor.follow()

        assert survivor.held.text == words(4)


async def test_a_run_of_the_next_build_waits_for_one_that_knows_it(
    web: WebServer,
    start_next: Callable[[], WebServer],
    sandbox: SandboxClient,
    connection: asyncpg.Connection,
) -> None:
    doomed = start_next()
    asked = run_input(f"Wait {new_id()} [[sandbox tokens=60 delay_ms=50]]")
    token = sandbox.token("employee")
    async with open_chat(doomed, token) as chat:
        await chat.send(type="run", input=asked)
        await chat.receive_until("TEXT_MESSAGE_CONTENT")
        doomed.child.kill()
    reader = Survivor([web], token, asked, attach=True)
    reading = asyncio.create_task(reader.follow())
    await asyncio.sleep(PAST_THE_LEASE)
    waiting = await connection.fetchrow(
        "SELECT status, fence, format FROM runs WHERE id = $1", asked["runId"]
    )
    await asyncio.to_thread(start_next)
    await reading

    assert tuple(waiting or ()) == ("running", 1, 2)
    assert reader.held.text == words(60)
    assert reader.held.gen == 2


async def test_the_next_build_takes_what_the_previous_one_left(
    next_web: WebServer, start_web: StartWeb, sandbox: SandboxClient
) -> None:
    """A deployment: sockets and runs move from one build to the next."""
    leaving = start_web(DRAIN_SECONDS="0")
    token = sandbox.token("employee")
    asked = run_input(f"Deploy {new_id()} [[sandbox tokens=60 delay_ms=50]]")
    moving = Survivor([leaving, next_web], token, asked)
    following = asyncio.create_task(moving.follow())
    await begun(moving, following, events=5)
    await asyncio.to_thread(leaving.child.stop)
    await following

    assert moving.held.text == words(60)
    assert moving.moves
