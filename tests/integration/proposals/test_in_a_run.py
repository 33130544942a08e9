"""Proposals in a run: drafted while it answers, shown when it ends, decided to begin the next."""

import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from ag_ui.core import Event as ProtocolEvent
from pydantic import TypeAdapter

from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.errors import AppError
from modules.backend.core.redis import RedisStores
from modules.backend.repositories import messages
from modules.backend.repositories import runs as run_sql
from modules.backend.services.chat.acceptance import AcceptedRun
from modules.backend.services.chat.answer import Answer
from modules.backend.services.chat.bells import Bells
from modules.backend.services.chat.events import Event
from modules.backend.services.chat.loop import MAX_CALLS, MAX_ROUNDS
from modules.backend.services.chat.requests import Word
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import TextDelta
from modules.backend.services.people import Person
from tests.fixtures.owners import owning_runs
from tests.fixtures.proposing import FIND, PROPOSE, Stage
from tests.fixtures.rest import Someone

pytestmark = pytest.mark.integration

EVENTS: TypeAdapter[Any] = TypeAdapter(ProtocolEvent)


def said(answer: Answer) -> list[Event]:
    return [json.loads(frame.data) for frame in answer.live.unlogged]


@pytest_asyncio.fixture
async def stage(database: Database, settings: Settings, someone: Someone) -> AsyncIterator[Stage]:
    stores = RedisStores(settings.redis)
    person = Person(someone.id, "Somebody", None, frozenset())
    stage = Stage(database, Bells(stores), person, settings.llm)
    async with owning_runs(database, stage.ownership):
        yield stage
    await stores.close()


class TestTools:
    async def test_what_the_model_asks_for_is_done_shown_and_kept(self, stage: Stage) -> None:
        run = await stage.accept(uuid.uuid4(), text="What do I have?")
        script = [[TextDelta("Let me look. "), FIND], [TextDelta("You have SAP.")]]
        answer = await stage.answer(run, *script)
        await stage.end(answer)

        events = said(answer)
        for event in events:
            EVENTS.validate_python(event)
        assert [event["type"] for event in events] == [
            "RUN_STARTED",
            "TEXT_MESSAGE_START",
            "TEXT_MESSAGE_CONTENT",
            "TOOL_CALL_START",
            "TOOL_CALL_ARGS",
            "TOOL_CALL_END",
            "TOOL_CALL_RESULT",
            "TEXT_MESSAGE_CONTENT",
            "TEXT_MESSAGE_END",
            "RUN_FINISHED",
        ]
        (step,) = await stored_steps(stage, run)
        assert (step["name"], step["title"]) == ("find", "Looked it up")
        assert json.loads(step["result"]) == {"items": ["SAP"]}

    async def test_the_model_is_shown_results_as_fenced_data(self, stage: Stage) -> None:
        run = await stage.accept(uuid.uuid4(), text="What do I have?")
        await stage.answer(run, [FIND], [TextDelta("SAP.")])

        *_, asked, result = stage.provider.requests[1].messages
        assert (asked.role, list(asked.tool_calls)) == ("assistant", [FIND])
        assert (result.role, result.tool_call_id) == ("tool", FIND.id)
        assert result.content.startswith("<<<data of find")

    async def test_a_model_that_never_stops_asking_is_stopped(self, stage: Stage) -> None:
        run = await stage.accept(uuid.uuid4(), text="Go on for ever")
        answer = await stage.answer(run, *[[FIND]] * MAX_ROUNDS)

        assert len(answer.steps) == MAX_ROUNDS - 1
        assert stage.provider.requests[-1].tools == ()

    async def test_of_too_many_calls_at_once_the_rest_is_refused(self, stage: Stage) -> None:
        run = await stage.accept(uuid.uuid4(), text="Everything at once")
        answer = await stage.answer(run, [FIND] * (MAX_CALLS + 2), [TextDelta("Done.")])

        refused = [step for step in answer.steps if step.outcome.is_error]
        assert (len(answer.steps), len(refused)) == (MAX_CALLS + 2, 2)


class TestProposing:
    async def test_a_run_that_ends_well_shows_its_proposals(self, stage: Stage) -> None:
        run = await stage.accept(uuid.uuid4(), text="Request SAP")
        answer = await stage.answer(run, [FIND], [PROPOSE], [TextDelta("Please look.")])
        assert await stage.drafts(run) == ["draft"]

        terminal = await stage.end(answer)

        EVENTS.validate_python(terminal)
        (interrupt,) = terminal["outcome"]["interrupts"]
        assert interrupt["reason"] == "confirmation"
        assert interrupt["metadata"]["proposal"]["status"] == "pending"
        assert await stage.drafts(run) == ["pending"]

    async def test_only_what_was_shown_can_be_proposed(self, stage: Stage) -> None:
        run = await stage.accept(uuid.uuid4(), text="Request SAP")
        answer = await stage.answer(run, [PROPOSE], [TextDelta("I cannot.")])
        terminal = await stage.end(answer)

        assert terminal["outcome"] == {"type": "success"}
        assert answer.steps[0].outcome.is_error
        assert await stage.drafts(run) == []

    async def test_what_an_earlier_answer_showed_can_be(self, stage: Stage) -> None:
        thread_id = uuid.uuid4()
        first = await stage.accept(thread_id, text="What is there?")
        await stage.end(await stage.answer(first, [FIND], [TextDelta("SAP.")]))
        elsewhere = await stage.accept(uuid.uuid4(), text="Request it")
        await stage.answer(elsewhere, [PROPOSE], [TextDelta("Look.")])
        run = await stage.accept(thread_id, text="Request it")
        await stage.answer(run, [PROPOSE], [TextDelta("Look.")])

        assert await stage.drafts(elsewhere) == []
        assert await stage.drafts(run) == ["draft"]

    @pytest.mark.parametrize("how", ["failed", "cancelled"])
    async def test_a_run_that_does_not_drops_them(self, stage: Stage, how: str) -> None:
        run = await stage.accept(uuid.uuid4(), text="Request SAP")
        answer = await stage.answer(run, [FIND], [PROPOSE], [TextDelta("Look.")])
        if how == "cancelled":
            async with stage.database.transaction() as session:
                await run_sql.request_cancel(session, run.run_id, stage.clock.now())
        await stage.end(answer, Fault.LLM_TIMEOUT.error() if how == "failed" else None)

        assert await stage.drafts(run) == ["void"]

    async def test_an_owner_that_was_replaced_proposes_nothing(self, stage: Stage) -> None:
        run = await stage.accept(uuid.uuid4(), text="Request SAP")
        late = replace(run, fence=run.fence - 1)

        answer = await stage.answer(late, [FIND], [PROPOSE], [TextDelta("Look.")])

        assert await stage.drafts(run) == []
        assert answer.steps[1].outcome.is_error


class TestResuming:
    async def test_a_word_executes_and_the_next_answer_knows_what_came_of_it(
        self, stage: Stage
    ) -> None:
        thread_id = uuid.uuid4()
        proposal_id = await stage.interrupted(thread_id)

        run = await stage.accept(thread_id, Word(proposal_id, confirm=True))
        await stage.end(await stage.answer(run, [TextDelta("It was requested.")]))

        assert len(stage.action.sent) == 1
        assert '"status":"done"' in stage.provider.requests[0].messages[-1].content

    async def test_a_word_that_does_not_count_starts_no_run(self, stage: Stage) -> None:
        thread_id = uuid.uuid4()
        proposal_id = await stage.interrupted(thread_id)
        good, bad = Word(proposal_id, confirm=True), Word(uuid.uuid4(), confirm=True)

        with pytest.raises(AppError) as refused:
            await stage.accept(thread_id, good, bad)

        assert refused.value.code == "proposal_not_found"
        assert (await stage.proposals.get(stage.person, proposal_id)).status == "pending"
        assert stage.action.sent == []

    async def test_a_word_given_twice_is_refused(self, stage: Stage) -> None:
        proposal_id = await stage.interrupted(uuid.uuid4())

        with pytest.raises(AppError):
            await stage.accept(
                uuid.uuid4(), Word(proposal_id, confirm=True), Word(proposal_id, confirm=False)
            )

    async def test_a_question_beside_the_word_is_asked(self, stage: Stage) -> None:
        thread_id = uuid.uuid4()
        proposal_id = await stage.interrupted(thread_id)

        run = await stage.accept(thread_id, Word(proposal_id, confirm=False), text="Not that one")
        await stage.answer(run, [TextDelta("All right.")])

        assert stage.provider.requests[0].messages[-1].content == "Not that one"
        assert (await stage.proposals.get(stage.person, proposal_id)).status == "declined"


async def stored_steps(stage: Stage, run: AcceptedRun) -> list[dict[str, Any]]:
    async with stage.database.read() as session:
        message = await messages.get(session, run.thread_id, run.answer_id)
    assert message is not None
    return message.steps or []
