"""What is wrong gets a name, and changes nothing."""

import json

import pytest
import websockets

from tests.fixtures.chat import TERMINAL, Chat, new_id, open_chat, run_input, text_of
from tests.fixtures.rest_client import RestClient
from tests.fixtures.servers import ORIGIN, StartWeb, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


class TestFrames:
    @pytest.mark.parametrize(
        ("frame", "code"),
        [
            ("", "not_json"),
            ("{", "not_json"),
            ('"\\ud800"', "not_json"),
            ("[]", "unknown_frame"),
            ("{}", "unknown_frame"),
            ('{"type": "dance"}', "unknown_frame"),
            ('{"type": ["run"]}', "unknown_frame"),
            ('{"type": "run"}', "invalid_input"),
            ('{"type": "run", "input": {"threadId": "1", "runId": "2"}}', "invalid_input"),
            ('{"type": "attach"}', "invalid_input"),
            ('{"type": "attach", "runId": "7"}', "invalid_input"),
            ('{"type": "ping", "extra": 1}', "invalid_input"),
            ('{"type": "ping", "x": "' + "x" * 1_000_000 + '"}', "frame_too_large"),
        ],
        ids=lambda value: str(value)[:40],
    )
    async def test_names_the_fault_and_stays_open(
        self, web: WebServer, sandbox: SandboxClient, frame: str, code: str
    ) -> None:
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.socket.send(frame)
            answer = await chat.receive()
            await chat.send(type="ping")
            pong = await chat.receive()

        assert (answer["type"], answer["code"], answer["retryable"]) == ("error", code, False)
        assert answer["message"]
        assert pong == {"type": "pong"}

    async def test_bytes_are_not_json(self, web: WebServer, sandbox: SandboxClient) -> None:
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.socket.send(b"\x00\x01")
            answer = await chat.receive()

        assert answer["code"] == "not_json"

    async def test_a_frame_over_the_protocols_limit_closes_the_socket(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.socket.send("x" * 2_000_000)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await chat.receive()

        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009

    @pytest.mark.parametrize("after", ["", "x", "1-", "-1", "1-2-3", "1.5", "9" * 50])
    async def test_a_cursor_that_is_none(
        self, web: WebServer, sandbox: SandboxClient, after: str
    ) -> None:
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.ask("[[sandbox tokens=1]]")
            answer = await chat.attach(_run_id(events), after)

        assert answer[-1]["code"] == "invalid_input"


class TestQuestions:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            ("", "message_empty"),
            (" \n\t", "message_empty"),
            ("x" * 100_000, "message_too_long"),
            ("a\x00b", "invalid_input"),
            ([{"type": "image", "source": {}}], "invalid_input"),
            (17, "invalid_input"),
        ],
        ids=["empty", "blank", "long", "nul", "picture", "number"],
    )
    async def test_a_question_that_cannot_be_asked_is_not_stored(
        self,
        web: WebServer,
        sandbox: SandboxClient,
        rest: RestClient,
        content: object,
        code: str,
    ) -> None:
        asked = run_input("")
        asked["messages"][0]["content"] = content
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.run(asked)
        stored = await rest.get(f"/api/conversations/{asked['threadId']}")

        assert [(e["type"], e["code"]) for e in events] == [("error", code)]
        assert events[0]["runId"] == asked["runId"]
        assert stored.status_code == 404

    async def test_no_question_at_all(self, web: WebServer, sandbox: SandboxClient) -> None:
        asked = run_input("x") | {"messages": []}
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.run(asked)

        assert events[0]["code"] == "message_empty"

    @pytest.mark.parametrize("forwarded", [{}, {"edit": "m"}])
    async def test_a_word_on_a_proposal_that_begins_a_conversation(
        self, web: WebServer, sandbox: SandboxClient, forwarded: dict[str, str]
    ) -> None:
        word = {"interruptId": new_id(), "status": "cancelled"}
        asked = run_input("x", **forwarded) | {"messages": [], "resume": [word]}
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.run(asked)

        assert events[0]["code"] in ("message_empty", "message_not_found")

    async def test_parts_of_text_are_one_question(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        asked = run_input("")
        asked["messages"][0]["content"] = [
            {"type": "text", "text": "Count."},
            {"type": "text", "text": "[[sandbox tokens=2]]"},
        ]
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.run(asked)

        assert text_of(events) == "w1 w2"

    async def test_an_answer_that_is_not_there_cannot_be_made_again(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        async with open_chat(web, sandbox.token("employee")) as chat:
            events = await chat.ask("x", regenerate=new_id())

        assert events[0]["code"] == "message_not_found"

    async def test_a_message_id_is_used_once(self, web: WebServer, sandbox: SandboxClient) -> None:
        first = run_input("[[sandbox tokens=1]]")
        again = run_input(
            "something else",
            thread_id=first["threadId"],
            message_id=first["messages"][0]["id"],
        )
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.run(first)
            events = await chat.run(again)

        assert events[0]["code"] == "message_id_conflict"


class TestOtherPeople:
    async def test_a_conversation_of_somebody_else(
        self, web: WebServer, sandbox: SandboxClient, rest: RestClient
    ) -> None:
        asked = run_input("[[sandbox tokens=1]]")
        async with open_chat(web, sandbox.token("employee")) as mine:
            await mine.run(asked)
        async with open_chat(web, sandbox.token("manager")) as theirs:
            events = await theirs.ask("Let me in", thread_id=asked["threadId"])
        messages = await rest.get(f"/api/conversations/{asked['threadId']}/messages")

        assert events[0]["code"] == "conversation_not_found"
        assert len(messages.json()) == 2

    async def test_a_run_of_somebody_else(self, web: WebServer, sandbox: SandboxClient) -> None:
        asked = run_input("[[sandbox tokens=1]]")
        async with open_chat(web, sandbox.token("employee")) as mine:
            await mine.run(asked)
        async with open_chat(web, sandbox.token("manager")) as theirs:
            attached = await theirs.attach(asked["runId"])
            await theirs.send(type="cancel", runId=asked["runId"])
            cancelled = await theirs.receive()
            taken = await theirs.ask("x", run_id=asked["runId"])

        assert attached[0]["code"] == "run_not_found"
        assert cancelled["code"] == "run_not_found"
        assert taken[0]["code"] == "run_id_conflict"

    async def test_a_token_of_another_person_closes_the_socket(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        async with open_chat(web, sandbox.token("employee")) as chat:
            await chat.send(type="auth", token=sandbox.token("manager"))
            assert await _close_code(chat) == 4403


class TestSignIn:
    @pytest.mark.parametrize("kind", ["missing", "expired", "foreign", "unsigned", "garbage"])
    async def test_a_token_that_does_not_hold_closes_the_socket(
        self, web: WebServer, bad_tokens: dict[str, str], kind: str
    ) -> None:
        async with websockets.connect(web.socket_url, origin=ORIGIN) as socket:
            await socket.send(json.dumps({"type": "auth", "token": bad_tokens[kind]}))
            refusal = json.loads(await socket.recv())
            code = await _close_code(Chat(socket))

        expected = "token_expired" if kind == "expired" else "token_invalid"
        assert (refusal["type"], refusal["code"]) == ("error", expected)
        assert code == 4401

    async def test_anything_before_sign_in_is_refused(self, web: WebServer) -> None:
        async with websockets.connect(web.socket_url, origin=ORIGIN) as socket:
            await socket.send('{"type": "ping"}')
            refusal = json.loads(await socket.recv())
            code = await _close_code(Chat(socket))

        assert refusal["code"] == "token_missing"
        assert code == 4401

    async def test_a_silent_socket_is_closed(self, start_web: StartWeb) -> None:
        web = start_web(WS_AUTH_SECONDS="0.2")
        async with websockets.connect(web.socket_url, origin=ORIGIN) as socket:
            refusal = json.loads(await socket.recv())
            code = await _close_code(Chat(socket))

        assert refusal["code"] == "token_missing"
        assert code == 4401

    async def test_a_token_that_expires_closes_a_living_socket(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        async with open_chat(web, sandbox.token("employee", expires_in=1)) as chat:
            frames = await chat.receive_until("error")
            code = await _close_code(chat)

        assert [f["type"] for f in frames] == ["auth_required", "error"]
        assert code == 4401

    async def test_a_new_token_keeps_the_socket(
        self, web: WebServer, sandbox: SandboxClient
    ) -> None:
        async with open_chat(web, sandbox.token("employee", expires_in=2)) as chat:
            asked = await chat.receive()
            await chat.send(type="auth", token=sandbox.token("employee"))
            renewed = await chat.receive()
            events = await chat.ask("[[sandbox tokens=100 delay_ms=30]]")

        assert (asked["type"], renewed["type"]) == ("auth_required", "ready")
        assert events[-1]["type"] in TERMINAL

    async def test_a_foreign_page_gets_no_socket(self, web: WebServer) -> None:
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with websockets.connect(web.socket_url, origin="https://evil.example"):
                pass

        assert refused.value.response.status_code == 403


def _run_id(events: list[dict[str, object]]) -> str:
    return str(events[0]["runId"])


async def _close_code(chat: Chat) -> int | None:
    with pytest.raises(websockets.ConnectionClosed) as closed:
        await chat.receive_until("a frame that never comes")
    return closed.value.rcvd.code if closed.value.rcvd else None
