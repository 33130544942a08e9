"""A run is made by one process and read through another."""

import asyncio
import random

import pytest
import redis.asyncio as redis
from ag_ui.core import Event as ProtocolEvent
from pydantic import TypeAdapter

from tests.fixtures.chat import (
    TERMINAL,
    Chat,
    Frame,
    cursors,
    new_id,
    open_chat,
    run_input,
    text_of,
)
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.fixtures.survivor import Survivor

pytestmark = pytest.mark.integration

protocol_event: TypeAdapter[object] = TypeAdapter(ProtocolEvent)

ROUNDS = 100
AT_ONCE = 10
SEED = 20_261_123


class TestAttachingElsewhere:
    async def test_nothing_is_lost_repeated_or_out_of_order(
        self, web: WebServer, other_web: WebServer, sandbox: SandboxClient
    ) -> None:
        """A hundred runs, ten at a time: made here, read there from the start and the middle."""
        token = sandbox.token("employee")
        places = random.Random(SEED)
        rounds = asyncio.Queue[int]()
        for number in range(ROUNDS):
            rounds.put_nowait(number)

        async def work() -> None:
            async with open_chat(web, token) as here, open_chat(other_web, token) as there:
                while not rounds.empty():
                    rounds.get_nowait()
                    await _one_round(here, there, places)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))

    async def test_a_log_that_is_gone_is_read_from_the_conversation(
        self, web: WebServer, sandbox: SandboxClient, redis_url: str
    ) -> None:
        asked = run_input("[[sandbox tokens=3]]")
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.run(asked)
            async with redis.Redis.from_url(redis_url) as store:
                await store.delete(f"icarus:state:log:{asked['runId']}")
            whole = await chat.attach(asked["runId"])
            from_middle = await chat.attach(asked["runId"], "1-3")
            last = cursors(whole)[-1]
            await chat.send(type="attach", runId=asked["runId"], after=f"{last[0]}-{last[1]}")
            await chat.send(type="ping")
            nothing_more = await chat.receive()

        assert [e["type"] for e in whole] == ["RUN_STARTED", "MESSAGES_SNAPSHOT", "RUN_FINISHED"]
        assert cursors(whole) == [(2, 1), (2, 2), (2, 3)]
        assert [m["content"] for m in whole[1]["messages"]][1:] == [text_of(events)]
        assert from_middle == whole
        assert nothing_more == {"type": "pong"}

    async def test_a_log_that_never_got_its_end_leads_nobody_in_circles(
        self, web: WebServer, other_web: WebServer, sandbox: SandboxClient, redis_url: str
    ) -> None:
        """Redis was away to the end of the run, and its process died before it came back."""
        token = sandbox.token("employee")
        asked = run_input("[[sandbox tokens=30 delay_ms=30]]")
        async with open_chat(web, token) as chat:
            events = await chat.run(asked)
            async with redis.Redis.from_url(redis_url) as store:
                log = f"icarus:state:log:{asked['runId']}"
                entries = [entry_id for entry_id, _ in await store.xrange(log)]
                await store.xdel(log, *entries[2:])
        reader = Survivor([other_web], token, asked, attach=True)
        await reader.follow()

        assert reader.resets == 1
        assert reader.held.text == text_of(events)
        assert reader.held.events[-1]["type"] == "RUN_FINISHED"


class TestTakeover:
    async def test_a_killed_process_is_replaced(
        self, start_web: StartWeb, other_web: WebServer, sandbox: SandboxClient
    ) -> None:
        doomed = start_web()
        asked = run_input(f"Survive {new_id()} [[sandbox tokens=60 delay_ms=50]]")
        token = sandbox.token("employee")
        async with open_chat(other_web, token) as reader:
            async with open_chat(doomed, token) as chat:
                await chat.send(type="run", input=asked)
                await chat.receive_until("TEXT_MESSAGE_CONTENT")
                await reader.send(type="attach", runId=asked["runId"], after="0")
                read = await reader.receive_until("TEXT_MESSAGE_CONTENT")
                doomed.child.kill()
            read += await reader.receive_until(*TERMINAL)
            again = await reader.attach(asked["runId"])

        kept = [e for e in read if e["metadata"]["gen"] == 2]
        assert text_of(kept) == " ".join(f"w{n}" for n in range(1, 61))
        assert [n for _, n in cursors(read)] == list(range(1, len(read) + 1))
        assert sum(e["type"] in TERMINAL for e in read) == 1
        assert again == read

    async def test_a_run_that_was_stopped_after_its_owner_died_only_ends(
        self, start_web: StartWeb, other_web: WebServer, sandbox: SandboxClient
    ) -> None:
        doomed = start_web()
        asked = run_input(f"Stop me {new_id()} [[sandbox tokens=500 delay_ms=50]]")
        token = sandbox.token("employee")
        async with open_chat(doomed, token) as chat:
            await chat.send(type="run", input=asked)
            await chat.receive_until("TEXT_MESSAGE_CONTENT")
            doomed.child.kill()
        async with open_chat(other_web, token) as reader:
            await reader.send(type="cancel", runId=asked["runId"])
            events = await reader.attach(asked["runId"])

        assert events[-1]["outcome"] == {"type": "cancelled"}
        assert len(sandbox.calls(asked["messages"][0]["content"])) == 1

    async def test_what_a_stopped_process_cannot_finish_is_handed_over(
        self, start_web: StartWeb, other_web: WebServer, sandbox: SandboxClient
    ) -> None:
        leaving = start_web(DRAIN_SECONDS="0")
        asked = run_input(f"Hand over {new_id()} [[sandbox tokens=60 delay_ms=50]]")
        token = sandbox.token("employee")
        async with open_chat(leaving, token) as chat:
            await chat.send(type="run", input=asked)
            await chat.receive_until("TEXT_MESSAGE_CONTENT")
            await asyncio.to_thread(leaving.child.stop)
        async with open_chat(other_web, token) as reader:
            events = await reader.attach(asked["runId"])

        assert events[-1]["outcome"] == {"type": "success"}
        kept = [e for e in events if e["metadata"]["gen"] == 2]
        assert text_of(kept) == " ".join(f"w{n}" for n in range(1, 61))


async def _one_round(here: Chat, there: Chat, places: random.Random) -> None:
    tokens = places.randrange(20, 60)
    asked = run_input(
        f"{new_id()} [[sandbox tokens={tokens} delay_ms={places.choice((0, 5, 20))}]]"
    )
    await here.send(type="run", input=asked)
    seen_here = await here.receive_until("RUN_STARTED")
    seen_there = await there.attach(asked["runId"])
    seen_here += await here.receive_until(*TERMINAL)
    middle = seen_here[places.randrange(len(seen_here) - 1)]["metadata"]
    after_middle = await there.attach(asked["runId"], f"{middle['gen']}-{middle['seq']}")

    assert text_of(seen_here) == " ".join(f"w{n}" for n in range(1, tokens + 1))
    assert cursors(seen_here) == [(1, n) for n in range(1, len(seen_here) + 1)]
    assert seen_there == seen_here
    assert after_middle == seen_here[middle["seq"] :]
    _validate(seen_here)


def _validate(events: list[Frame]) -> None:
    for event in events:
        protocol_event.validate_python(event)
