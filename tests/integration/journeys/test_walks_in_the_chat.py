"""What a stranger can walk in the chat, from plain English to what SailPoint shows."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from tests.fixtures.chat import open_chat
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.integration.journeys.test_in_the_chat import Talk

pytestmark = pytest.mark.integration

Meet = Callable[[str], Any]


@pytest.fixture(scope="module")
def signing_web(start_web: StartWeb) -> WebServer:
    return start_web(SAILPOINT_SIGN_OFF="true")


@pytest_asyncio.fixture
async def meet(signing_web: WebServer, sandbox: SandboxClient) -> AsyncIterator[Meet]:
    """Opens a conversation of a person, with the tenant as at the start."""
    sandbox.http.post("/control/sailpoint/reset").raise_for_status()
    sandbox.http.post("/control/sailpoint/delays", json="instant").raise_for_status()
    sandbox.http.post("/control/sailpoint/limit", json={"calls": 10_000}).raise_for_status()
    async with AsyncExitStack() as opened:

        async def one(person: str) -> Talk:
            chat = open_chat(signing_web, sandbox.token(person))
            return Talk(await opened.enter_async_context(chat))

        yield one


def changes(sandbox: SandboxClient) -> list[str]:
    """The kinds of what really changed."""
    return [change["kind"] for change in sandbox.http.get("/control/sailpoint/changes").json()]


async def test_why_is_answered_from_the_record(meet: Meet) -> None:
    employee = await meet("employee")

    said = await employee.say("Why do I have Expense Reports?")

    assert employee.tools == ["list_my_access"]
    assert "**Expense Reports**" in said


async def test_a_request_is_found_and_taken_back(meet: Meet, sandbox: SandboxClient) -> None:
    employee = await meet("employee")
    said = await employee.say("Where are my requests?")
    waiting = next(r for r in employee.results[0]["items"] if r["cancelable"])
    assert "Your requests" in said

    await employee.say(f"Cancel my request for {waiting['item']['name']} because I moved on")
    (card,) = employee.cards
    assert card["kind"] == "cancel_request"
    assert changes(sandbox) == []
    said = await employee.confirm()

    assert "cancelled" in said
    assert len(changes(sandbox)) == 1


async def test_a_few_are_approved_and_one_is_denied_with_a_comment(
    meet: Meet, sandbox: SandboxClient
) -> None:
    approver = await meet("approver")
    said = await approver.say("What waits on me?")
    waiting = [a for a in approver.results[0]["items"] if a["decidable"]]
    assert len(waiting) >= 3
    assert "1. **" in said

    said = await approver.say("deny number 1")
    assert "A denial needs a reason" in said
    assert approver.cards == []
    await approver.say("What waits on me?")
    await approver.say("deny number 1 because nobody asked the owner")
    (card,) = approver.cards
    assert {"label": "Your comment", "value": "nobody asked the owner"} in card["card"]["lines"]
    assert "It is denied" in await approver.confirm()

    await approver.say("What waits on me?")
    await approver.say("approve 1 and 2")
    assert [card["kind"] for card in approver.cards] == ["decide_approval"] * 2
    await approver.say("approve everything")
    assert approver.cards == []
    assert len(changes(sandbox)) == 1


async def test_a_review_is_decided_and_not_signed_off_before_its_end(
    meet: Meet, sandbox: SandboxClient
) -> None:
    manager = await meet("manager")
    await manager.say("What do I have to review?")
    reviews = manager.results[0]["items"]
    open_one = next(r for r in reviews if r["signedAt"] is None and r["total"] - r["decided"] > 0)

    said = await manager.say(f"Sign off the review {open_one['name']}")
    assert "cannot be signed off" in said
    said = await manager.say(f"Show the open items of the review {open_one['name']}")
    assert "the riskiest first" in said
    item = manager.results[-1]["items"][0]
    await manager.say(
        f"Revoke {item['access']['name']} of {item['person']['name']} in the review "
        f"{open_one['name']} because it is not used"
    )
    for card in manager.cards:
        assert card["kind"] == "decide_review"
    assert "certification.signed" not in changes(sandbox)


async def test_access_of_a_report_is_asked_to_be_taken_away(
    meet: Meet, sandbox: SandboxClient
) -> None:
    manager = await meet("manager")
    await manager.say("Who is in my team?")
    report = manager.results[0]["items"][0]
    await manager.say(f"What access does {report['name']} have?")
    held = manager.results[-1]["items"]
    # Some names of the tenant are hostile, and no words that a person would say.
    away = next(
        item
        for item in held
        if item["revocable"] is not False and item["name"].replace(" ", "").isalnum()
    )

    said = await manager.say(
        f"Remove {away['name']} from {report['name']} because the work moved on"
    )
    assert "I prepared to take" in said, said
    (card,) = manager.cards
    assert (card["kind"], card["card"]["title"]) == ("revoke_access", "Take access away")
    said = await manager.confirm()

    assert "SailPoint took the request" in said
    assert changes(sandbox) == ["request.created"]


async def test_no_is_no_and_unknown_words_change_nothing(
    meet: Meet, sandbox: SandboxClient
) -> None:
    admin = await meet("admin")
    assert "Reading" in await admin.say("What access do I have?")
    for words in ("never mind", "frobnicate the quux", "delete everybody's access"):
        await admin.say(words)
        assert admin.cards == []
    assert changes(sandbox) == []
