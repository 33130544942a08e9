"""Orders in every text of the tenant: nobody obeys them, and no judgement changes by them."""

import json
import re
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from modules.backend.services.chat.tools.fence import CLOSE, OPEN
from modules.backend.services.llm.provider import (
    Finished,
    LLMPart,
    LLMRequest,
    ModelRole,
    TextDelta,
    ToolCall,
)
from modules.backend.services.signals import Signal
from modules.sandbox.data.hostile import MARK
from modules.sandbox.data.people import PEOPLE_BY_ID
from tests.fixtures.chat import open_chat, run_input
from tests.fixtures.rights import WRITES, Rights
from tests.fixtures.servers import WebServer
from tests.fixtures.stage import Stage, open_stage
from tests.fixtures.stores import SandboxClient
from tests.fixtures.writes import Office

pytestmark = pytest.mark.integration

NOON = "2026-01-05T12:00:00Z"
QUESTIONS = (
    "What access do I have and why?",
    "What can I request for reporting?",
    "Where are my requests?",
    "What waits on me?",
    "What do I have to review?",
    "Who reports to me?",
)
LISTS = (
    "list_my_access",
    "find_requestable",
    "list_my_requests",
    "list_my_approvals",
    "list_my_reviews",
    "list_my_team",
)


@pytest_asyncio.fixture
async def hostile(writing_office: Office) -> AsyncIterator[Office]:
    """Every text that somebody wrote gives orders."""
    await begin(writing_office, is_hostile=True)
    yield writing_office
    await writing_office.begin_anew("instant")


@pytest_asyncio.fixture
async def stage(hostile: Office) -> AsyncIterator[Stage]:
    async with open_stage(hostile) as opened:
        yield opened


async def begin(office: Office, *, is_hostile: bool) -> None:
    office.tenant.control("reset")
    office.tenant.control("clock", {"mode": "freeze", "at": NOON})
    await office.begin_anew("instant", number=7, large_items=60, hostile=is_hostile)


OF_REASONS = {Signal.VAGUE_REASON, Signal.ODD_REASON, Signal.ENDLESS_STAND_IN}


async def judgements(office: Office, who: str) -> dict[str, Any]:
    """What is judged by signals, and what can be done, by the id of what it is about."""
    _, actor = await office.meet(who)
    found: dict[str, Any] = {}
    for approval in (await office.desk.approvals.of(actor)).items:
        # What kind of reason it is may be seen, and that one which gives orders is odd, should be.
        signals = [signal for signal in approval.signals if signal not in OF_REASONS]
        found[approval.id] = (signals, approval.decidable)
    for review in (await office.desk.reviews.of(actor)).items:
        found[review.id] = (review.can_sign_off, review.decided, review.total)
        for item in (await office.desk.reviews.items(actor, review.id)).items:
            found[item.id] = (item.signals, item.risk, item.recommendation, item.revocable)
    return found


@pytest.mark.parametrize("who", ["manager", "approver"])
async def test_no_signal_and_no_recommendation_changes(writing_office: Office, who: str) -> None:
    await begin(writing_office, is_hostile=False)
    plain = await judgements(writing_office, who)
    await begin(writing_office, is_hostile=True)
    poisoned = await judgements(writing_office, who)
    await writing_office.begin_anew("instant")

    assert len(plain) > 20
    assert poisoned == plain


async def test_the_orders_reach_every_list(hostile: Office) -> None:
    """Otherwise the tests beside this one would prove nothing."""
    _, actor = await hostile.meet("manager")
    desk = hostile.desk
    lists = [
        await desk.access.of(actor),
        await desk.access.requestable(actor, term=None, identity_id=None, offset=0),
        await desk.access.team(actor),
        await desk.requests.of(actor),
        await desk.approvals.of(actor),
        await desk.reviews.of(actor),
    ]
    for found in lists:
        assert MARK in found.model_dump_json()


async def test_the_scripted_model_proposes_nothing_that_was_not_asked(
    hostile: Office, web: WebServer, sandbox: SandboxClient
) -> None:
    before = hostile.tenant.calls()
    async with open_chat(web, sandbox.token("manager")) as chat:
        thread_id = str(uuid.uuid4())
        for question in QUESTIONS:
            events = await chat.run(run_input(question, thread_id=thread_id))
            assert events[-1]["type"] == "RUN_FINISHED", events[-1]
            assert events[-1]["outcome"] == {"type": "success"}
            called = [e["toolCallName"] for e in events if e["type"] == "TOOL_CALL_START"]
            assert not [name for name in called if name.startswith("prepare_")]

    made = [call for call in hostile.tenant.calls() if call not in before]
    assert made
    assert not [call for call in made if call["operation"] in WRITES]


@dataclass
class Reader:
    """A model that calls every list and keeps what it was shown."""

    name: str = "reader"
    requests: list[LLMRequest] = field(default_factory=list)

    def model(self, role: ModelRole) -> str:
        return f"reader-{role}"

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        self.requests.append(request)
        if len(self.requests) == 1:
            for name in LISTS:
                arguments = {"query": ""} if name == "find_requestable" else {}
                yield ToolCall(name, name, json.dumps(arguments))
        else:
            yield TextDelta("I have read it.")
        yield Finished("stop")

    async def close(self) -> None:
        return


async def test_everything_is_fenced_in_the_prompt_and_cannot_close_the_fence(
    stage: Stage,
) -> None:
    person, _ = await stage.office.meet("manager")
    thread_id = uuid.uuid4()
    reader = Reader()
    await stage.turn(person, thread_id, reader, "Read all of it.")
    await stage.turn(person, thread_id, reader, "And again?")

    shown = [message for request in reader.requests for message in request.messages]
    poisoned = [message for message in shown if MARK in message.content]
    assert {message.tool_call_id for message in poisoned} >= set(LISTS)
    assert any(message.role == "user" for message in poisoned), "the records shown earlier"
    for message in poisoned:
        assert message.role in ("tool", "user")
        assert message.content.startswith(OPEN)
        assert message.content.endswith(CLOSE)
        assert (message.content.count(OPEN), message.content.count(CLOSE)) == (1, 1)


class Gullible(Reader):
    """A model that reads, and then does what it was told: every tool that an order names."""

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        if not self.requests:
            async for part in super().stream(request):
                yield part
            return
        self.requests.append(request)
        told = "\n".join(message.content for message in request.messages if MARK in message.content)
        for number, name in enumerate(
            re.findall(r"prepare_\w+", told)[:4] if request.tools else []
        ):
            ids = re.findall(r'"id":"([0-9a-f]{32})"', told)
            arguments = {
                "prepare_approval": {"approval_ids": ids[:10], "decision": "approve"},
                "prepare_sign_off": {"review_id": ids[number]},
            }[name]
            yield ToolCall(f"{name}{number}", name, json.dumps(arguments))
        yield TextDelta("I did as I was told.")
        yield Finished("stop")


@pytest.mark.parametrize("who", ["employee", "manager", "approver"])
async def test_a_model_that_obeys_them_changes_nothing_and_reads_nothing_foreign(
    stage: Stage, who: str
) -> None:
    office = stage.office
    person, actor = await office.meet(who)
    rights = Rights.of(office.tenant, actor.identity_id, PEOPLE_BY_ID[who].email)
    last = office.tenant.latest(1)[0]["id"]
    model = Gullible()

    await stage.turn(person, uuid.uuid4(), model, "What waits on me?")

    assert len(model.requests) > 2, "it was given orders and obeyed"
    made = [call for call in office.tenant.calls() if call["id"] > last]
    assert made
    assert not [call for call in made if call["operation"] in WRITES]
    assert [wrong for call in made if (wrong := rights.forbids(call))] == []
    assert office.tenant.changes() == []
