"""Every journey in the chat, through the real client, with the scripted model."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.fixtures.chat import Chat, Frame, open_chat, run_input, text_of
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


class Talk:
    """One person's conversation, and their cards."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.thread_id = str(uuid.uuid4())
        self.events: list[Frame] = []

    async def say(self, text: str, **fields: Any) -> str:
        """Asks; returns the answer's text."""
        asked = run_input(text, thread_id=self.thread_id) | fields
        self.events = await self.chat.run(asked)
        assert self.events[-1]["type"] == "RUN_FINISHED", self.events[-1]
        return text_of(self.events)

    @property
    def tools(self) -> list[str]:
        return [e["toolCallName"] for e in self.events if e["type"] == "TOOL_CALL_START"]

    @property
    def results(self) -> list[Any]:
        return [json.loads(e["content"]) for e in self.events if e["type"] == "TOOL_CALL_RESULT"]

    @property
    def cards(self) -> list[Frame]:
        outcome = self.events[-1]["outcome"]
        return [i["metadata"]["proposal"] for i in outcome.get("interrupts", ())]

    async def confirm(self) -> str:
        """Confirms the card; returns what the next answer says of it."""
        (card,) = self.cards
        answered = {
            "interruptId": card["id"],
            "status": "resolved",
            "payload": {"decision": "confirm"},
        }
        return await self.say("", messages=[], resume=[answered])


@pytest_asyncio.fixture
async def employee(web: WebServer, sandbox: SandboxClient) -> AsyncIterator[Talk]:
    async with open_chat(web, sandbox.token("employee")) as chat:
        yield Talk(chat)


@pytest_asyncio.fixture
async def manager(web: WebServer, sandbox: SandboxClient) -> AsyncIterator[Talk]:
    async with open_chat(web, sandbox.token("manager")) as chat:
        yield Talk(chat)


@pytest.fixture(autouse=True)
def tenant(sandbox: SandboxClient) -> None:
    """The demo data as at the start, with nothing to wait for."""
    sandbox.http.post("/control/sailpoint/reset").raise_for_status()
    sandbox.http.post("/control/sailpoint/delays", json="instant").raise_for_status()
    sandbox.http.post("/control/sailpoint/limit", json={"calls": 10_000}).raise_for_status()


async def test_what_access_do_i_have_and_why(employee: Talk) -> None:
    said = await employee.say("What access do I have and why?")

    assert employee.tools == ["list_my_access"]
    assert "You hold" in said


async def test_requesting_access_from_the_question_to_the_request(
    employee: Talk, sandbox: SandboxClient
) -> None:
    await employee.say("What can I request for reporting?")
    found = employee.results[0]["items"]
    item = next(item for item in found if item["status"] == "available")

    await employee.say(f"I need {item['name']} because I cover for a colleague until 31 January")
    (card,) = employee.cards
    assert (card["kind"], card["status"]) == ("request_access", "pending")
    changes = sandbox.http.get("/control/sailpoint/changes").json()
    assert changes == []

    said = await employee.confirm()

    assert "SailPoint took the request" in said
    changes = sandbox.http.get("/control/sailpoint/changes").json()
    assert len(changes) == 1


async def test_who_is_in_my_team(manager: Talk) -> None:
    said = await manager.say("Who reports to me?")

    assert "Lena Marsh" in said


async def test_what_waits_on_me(manager: Talk) -> None:
    said = await manager.say("What waits on me?")

    assert "This waits for you" in said


async def test_my_reviews(manager: Talk) -> None:
    said = await manager.say("What do I have to review?")

    assert "Your reviews" in said
