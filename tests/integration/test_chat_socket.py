"""The socket, end to end: real process, real stores, the sandbox's model."""

import pytest

from tests.fixtures.chat import open_chat, text_of
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


async def test_a_question_is_answered(web: WebServer, sandbox: SandboxClient) -> None:
    async with open_chat(web, sandbox.token("employee")) as chat:
        events = await chat.ask("[[sandbox tokens=20]]")

    assert [e["type"] for e in events if e["type"] != "TEXT_MESSAGE_CONTENT"] == [
        "RUN_STARTED",
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_END",
        "RUN_FINISHED",
    ]
    assert text_of(events) == " ".join(f"w{n}" for n in range(1, 21))
    assert events[-1]["outcome"] == {"type": "success"}
    assert events[-1]["usage"][0]["outputTokens"] == 20
