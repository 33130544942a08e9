"""Runs: kept once accepted, bound to no socket, ended once."""

import asyncio

import pytest

from tests.fixtures.chat import (
    TERMINAL,
    cursors,
    new_id,
    open_chat,
    run_input,
    text_of,
)
from tests.fixtures.ledger import Ledger
from tests.fixtures.rest_client import RestClient
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient, outcome_of_call

pytestmark = pytest.mark.integration


class TestAcceptance:
    async def test_the_same_run_twice_attaches_and_asks_the_model_once(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        asked = run_input(f"Twice {new_id()} [[sandbox tokens=30 delay_ms=5]]")
        token = sandbox.token("employee")
        async with open_chat(web, token) as first, open_chat(web, token) as second:
            await first.send(type="run", input=asked)
            await second.send(type="run", input=asked)
            events, again = await asyncio.gather(
                first.receive_until(*TERMINAL), second.receive_until(*TERMINAL)
            )

        assert again == events
        assert len(sandbox.calls(asked["messages"][0]["content"])) == 1

    async def test_a_run_id_for_something_else_is_a_conflict(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        asked = run_input("[[sandbox tokens=1]]")
        other = run_input("[[sandbox tokens=2]]", run_id=asked["runId"])
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.run(asked)
            events = await chat.run(other)

        assert [e["code"] for e in events] == ["run_id_conflict"]

    async def test_a_busy_conversation_takes_no_second_run(
        self, web: WebServer, sandbox: SandboxClient, rest: RestClient
    ) -> None:
        asked = run_input("[[sandbox tokens=200 delay_ms=20]]")
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.send(type="run", input=asked)
            await chat.receive_until("RUN_STARTED")
            async with open_chat(web, sandbox.token("employee")) as other:
                events = await other.ask("And this?", thread_id=asked["threadId"])
            await chat.send(type="cancel", runId=asked["runId"])
            await chat.receive_until(*TERMINAL)
        messages = (await rest.get(f"/api/conversations/{asked['threadId']}/messages")).json()

        assert [e["code"] for e in events] == ["conversation_busy"]
        assert [m["role"] for m in messages] == ["user", "assistant"]

    async def test_the_servers_history_is_what_the_model_sees(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        thread_id = new_id()
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.ask("The word is marzipan. [[sandbox tokens=1]]", thread_id=thread_id)
            asked = run_input("what did I just ask?", thread_id=thread_id)
            asked["messages"].insert(
                0, {"id": new_id(), "role": "user", "content": "a forged history"}
            )
            events = await chat.run(asked)

        assert "marzipan" in text_of(events)
        assert "forged" not in text_of(events)


class TestSockets:
    async def test_a_closed_socket_stops_nothing(
        self, web: WebServer, sandbox: SandboxClient, rest: RestClient
    ) -> None:
        asked = run_input("[[sandbox tokens=50 delay_ms=10]]")
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.send(type="run", input=asked)
            await chat.receive_until("TEXT_MESSAGE_CONTENT")
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.attach(asked["runId"])
        messages = (await rest.get(f"/api/conversations/{asked['threadId']}/messages")).json()

        assert text_of(events) == " ".join(f"w{n}" for n in range(1, 51))
        assert cursors(events) == [(1, n) for n in range(1, len(events) + 1)]
        assert [m["content"] for m in messages[1:]] == [text_of(events)]

    async def test_an_ended_run_can_be_read_from_any_place(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.ask("[[sandbox tokens=10 delay_ms=5]]")
            run_id = events[0]["runId"]
            for n, event in enumerate(events[:-1]):
                place = event["metadata"]
                rest_of_it = await chat.attach(run_id, f"{place['gen']}-{place['seq']}")
                assert rest_of_it == events[n + 1 :]

    async def test_attaching_behind_the_end_brings_nothing(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.ask("[[sandbox tokens=1]]")
            end = f"1-{len(events)}"
            await chat.send(type="attach", runId=events[0]["runId"], after=end)
            await chat.send(type="ping")
            answer = await chat.receive()

        assert answer == {"type": "pong"}


class TestStopping:
    async def test_a_stopped_run_keeps_what_was_written(
        self, web: WebServer, sandbox: SandboxClient, rest: RestClient
    ) -> None:
        asked = run_input(f"Stop {new_id()} [[sandbox tokens=2000 delay_ms=20]]")
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.send(type="run", input=asked)
            events = await chat.receive_until("TEXT_MESSAGE_CONTENT")
            await chat.send(type="cancel", runId=asked["runId"])
            events += await chat.receive_until(*TERMINAL)
        messages = (await rest.get(f"/api/conversations/{asked['threadId']}/messages")).json()

        assert events[-1]["outcome"] == {"type": "cancelled"}
        assert [(m["status"], m["content"]) for m in messages[1:]] == [("stopped", text_of(events))]
        assert text_of(events).startswith("w1")

    async def test_the_models_stream_ends_with_the_run(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        asked = run_input(f"Abort {new_id()} [[sandbox tokens=2000 delay_ms=20]]")
        question = asked["messages"][0]["content"]
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.send(type="run", input=asked)
            await chat.receive_until("TEXT_MESSAGE_CONTENT")
            await chat.send(type="cancel", runId=asked["runId"])
            await chat.receive_until(*TERMINAL)

        assert await outcome_of_call(sandbox, question) == "aborted"

    async def test_over_http_the_answer_is_what_happened(
        self, web: WebServer, sandbox: SandboxClient, rest: RestClient
    ) -> None:
        running = run_input("[[sandbox tokens=2000 delay_ms=20]]")
        async with open_chat(web, sandbox.token("employee")) as chat:
            ended = await chat.ask("[[sandbox tokens=1]]")
            await chat.send(type="run", input=running)
            await chat.receive_until("RUN_STARTED")
            stopped = await rest.post(f"/api/runs/{running['runId']}/cancel")
            late = await rest.post(f"/api/runs/{ended[0]['runId']}/cancel")
            events = await chat.receive_until(*TERMINAL)
            again = await rest.post(f"/api/runs/{running['runId']}/cancel")

        assert stopped.json() == {"runId": running["runId"], "status": "cancelled"}
        assert late.json() == {"runId": ended[0]["runId"], "status": "finished"}
        assert again.json()["status"] == "cancelled"
        assert events[-1]["outcome"] == {"type": "cancelled"}

    async def test_nothing_to_stop_is_said(self, web: WebServer, sandbox: SandboxClient) -> None:
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.ask("[[sandbox tokens=1]]")
            await chat.send(type="cancel", runId=events[0]["runId"])
            answer = await chat.receive()

        assert (answer["type"], answer["code"]) == ("error", "run_ended")

    async def test_a_run_of_another_process_is_stopped(
        self, web: WebServer, other_web: WebServer, sandbox: SandboxClient
    ) -> None:
        asked = run_input("[[sandbox tokens=2000 delay_ms=20]]")
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.send(type="run", input=asked)
            await chat.receive_until("TEXT_MESSAGE_CONTENT")
            async with open_chat(other_web, sandbox.token("employee")) as other:
                await other.send(type="cancel", runId=asked["runId"])
                events = await chat.receive_until(*TERMINAL)

        assert events[-1]["outcome"] == {"type": "cancelled"}


class TestAgain:
    async def test_an_answer_is_made_again_in_the_place_of_the_old_one(
        self, web: WebServer, sandbox: SandboxClient, rest: RestClient
    ) -> None:
        asked = run_input("[[sandbox tokens=3]]")
        async with open_chat(web, sandbox.token("employee")) as chat:
            first = await chat.run(asked)
            again = run_input("", thread_id=asked["threadId"], regenerate=_answer_id(first))
            second = await chat.run(again)
        messages = (await rest.get(f"/api/conversations/{asked['threadId']}/messages")).json()

        assert text_of(second) == "w1 w2 w3"
        assert [m["id"] for m in messages] == [asked["messages"][0]["id"], _answer_id(second)]

    async def test_an_edited_question_replaces_what_followed(
        self, web: WebServer, sandbox: SandboxClient, rest: RestClient
    ) -> None:
        asked = run_input("[[sandbox tokens=3]]")
        thread_id, question_id = asked["threadId"], asked["messages"][0]["id"]
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.run(asked)
            await chat.ask("[[sandbox tokens=4]]", thread_id=thread_id)
            edited = run_input("[[sandbox tokens=5]]", thread_id=thread_id, edit=question_id)
            events = await chat.run(edited)
        messages = (await rest.get(f"/api/conversations/{thread_id}/messages")).json()

        assert text_of(events) == "w1 w2 w3 w4 w5"
        assert [m["id"] for m in messages] == [
            edited["messages"][0]["id"],
            _answer_id(events),
        ]

    async def test_a_fault_before_the_first_text_is_not_seen_and_stands_on_the_ledger(
        self, web: WebServer, sandbox: SandboxClient, ledger: Ledger
    ) -> None:
        asked = run_input(f"{new_id()} [[sandbox tokens=5 fault=503 times=1]]")
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.run(asked)

        assert text_of(events) == "w1 w2 w3 w4 w5"
        assert [u.get("outputTokens") for u in events[-1]["usage"]] == [None, 5]
        assert await ledger(asked["runId"]) == [("llm_unavailable", None), ("finished", 5)]

    async def test_a_failed_answer_says_so_and_can_be_made_again(
        self, web: WebServer, sandbox: SandboxClient, rest: RestClient
    ) -> None:
        asked = run_input(f"Fail {new_id()} [[sandbox tokens=5 fault=cut after=2 times=1]]")
        async with open_chat(web, sandbox.token("employee")) as chat:
            failed = await chat.run(asked)
            stored = (await rest.get(f"/api/conversations/{asked['threadId']}/messages")).json()
            answer = stored[1]
            again = run_input("", thread_id=asked["threadId"], regenerate=answer["id"])
            second = await chat.run(again)

        assert (failed[-1]["type"], failed[-1]["code"]) == ("RUN_ERROR", "llm_interrupted")
        assert failed[-1]["metadata"]["retryable"] is True
        assert (answer["status"], answer["error"]["code"]) == ("failed", "llm_interrupted")
        assert answer["content"] == text_of(failed)
        assert text_of(second) == "w1 w2 w3 w4 w5"


def _answer_id(events: list[dict[str, str]]) -> str:
    return next(e["messageId"] for e in events if e["type"] == "TEXT_MESSAGE_START")
