"""Proposals in a run: drafted while it answers, shown when it ends, decided to begin the next."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pytest
import pytest_asyncio
from ag_ui.core import Event as ProtocolEvent
from pydantic import TypeAdapter
from sqlalchemy import select

from modules.backend.core.clock import SystemClock
from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.errors import AppError
from modules.backend.core.redis import RedisStores
from modules.backend.core.settings_llm import LLMSettings
from modules.backend.core.settings_security import LimitSettings
from modules.backend.models import Proposal
from modules.backend.repositories import messages
from modules.backend.repositories import runs as run_sql
from modules.backend.services.actions.executor import Executor
from modules.backend.services.chat.acceptance import Acceptance, AcceptedRun
from modules.backend.services.chat.answer import Answer
from modules.backend.services.chat.answering import Answering
from modules.backend.services.chat.bells import Bells
from modules.backend.services.chat.context import Context
from modules.backend.services.chat.ending import End, Ending
from modules.backend.services.chat.events import Cursor, Event, run_started
from modules.backend.services.chat.live import LiveRun
from modules.backend.services.chat.loop import MAX_CALLS, MAX_ROUNDS, AgentLoop
from modules.backend.services.chat.ownership import Ownership
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.chat.requests import RunRequest, Word
from modules.backend.services.chat.tools.tool import Caller, ToolArguments, ToolFailure, ToolResult
from modules.backend.services.chat.tools.toolbox import Toolbox
from modules.backend.services.guard.runs_at_once import RunsAtOnce
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import TextDelta, ToolCall
from modules.backend.services.people import Person
from tests.fixtures.actions import ScriptedAction, SomeActors, draft, known
from tests.fixtures.ledger import cost_tracker
from tests.fixtures.owners import owning_runs
from tests.fixtures.rest import Someone
from tests.fixtures.scripted import ScriptedProvider, Step

pytestmark = pytest.mark.integration
EVENTS: TypeAdapter[Any] = TypeAdapter(ProtocolEvent)


class Find:
    name: ClassVar[str] = "find"
    title: ClassVar[str] = "Looked it up"
    description: ClassVar[str] = "Finds something."
    Arguments: ClassVar[type[ToolArguments]] = type("Nothing", (ToolArguments,), {})

    async def run(self, _caller: Caller, _arguments: Any) -> ToolResult:
        return ToolResult({"items": ["SAP"]}, {"role:7": "SAP"})


class ProposeArguments(ToolArguments):
    record: str


class Propose:
    """Proposes a change of a record that was shown before."""

    name: ClassVar[str] = "propose"
    title: ClassVar[str] = "Prepared it"
    description: ClassVar[str] = "Prepares something."
    Arguments: ClassVar[type[ToolArguments]] = ProposeArguments

    async def run(self, caller: Caller, arguments: Any) -> ToolResult:
        if not await caller.was_shown(arguments.record):
            raise ToolFailure("never_shown", "No result showed this.")
        return ToolResult({"card": "shown at the end"}, drafts=[draft(record=arguments.record)])


def call(name: str, **arguments: Any) -> ToolCall:
    return ToolCall(str(uuid.uuid4()), name, json.dumps(arguments))


FIND, PROPOSE = call("find"), call("propose", record="role:7")


@dataclass
class Stage:
    """The parts of a run that matter here, with a model that plays a script."""

    database: Database
    bells: Bells
    person: Person
    llm: LLMSettings
    action: ScriptedAction = field(default_factory=ScriptedAction)

    def __post_init__(self) -> None:
        self.clock = SystemClock()
        self.ownership = Ownership(uuid.uuid4, self.clock)
        self.ownership.hold(self.clock.monotonic())
        self.executor = Executor(
            self.database, known(self.action), SomeActors(), self.bells, self.clock
        )
        self.proposals = Proposals(self.database, self.executor.execute, self.clock, uuid.uuid4)
        self.acceptance = Acceptance(
            self.database,
            self.ownership,
            self.proposals,
            RunsAtOnce(LimitSettings()),
            self.clock,
            uuid.uuid4,
        )
        self.costs = cost_tracker(self.database, self.llm)
        self.ending = Ending(self.database, self.costs, self.clock)
        self.provider = ScriptedProvider()

    async def accept(self, thread_id: uuid.UUID, *words: Word, text: str = "") -> AcceptedRun:
        request = RunRequest(
            thread_id=thread_id,
            run_id=uuid.uuid4(),
            message_id=str(uuid.uuid4()) if text else None,
            text=text,
            resume=words,
        )
        accepted = await self.acceptance.accept(self.person, request)
        await self.proposals.begin(accepted.decided)
        return accepted

    async def answer(self, run: AcceptedRun, *script: Sequence[Step]) -> Answer:
        """The answer, as far as the script of the model makes it."""
        live = LiveRun(run.run_id, run.fence, logged=Cursor(run.fence, 0))
        live.append(run_started(run.thread_id, run.run_id))
        answer = Answer(run, live, lambda _: None)
        self.provider = ScriptedProvider(*script)
        answering = Answering(
            context=Context(self.database, self.llm),
            loop=AgentLoop(
                provider=self.provider,
                toolbox=Toolbox([Find(), Propose()], self.clock),
                actors=SomeActors(),
                proposals=self.proposals,
                database=self.database,
                new_id=uuid.uuid4,
                costs=self.costs,
                max_output_tokens=self.llm.llm_max_output_tokens,
            ),
            proposals=self.proposals,
            database=self.database,
            clock=self.clock,
            deadline=30,
        )
        async with asyncio.timeout(30):
            await answering.fill(answer)
        answer.close()
        return answer

    async def end(self, answer: Answer, error: AppError | None = None) -> Event:
        """Ends the run; returns the terminal event."""
        live = answer.live
        end = End(
            live.run_id, live.fence, live.cursor, answer.text, answer.steps, error, answer.account
        )
        terminal = await self.ending.store(end)
        live.append_stored(terminal)
        return dict(json.loads(terminal.data))

    async def interrupted(self, thread_id: uuid.UUID) -> uuid.UUID:
        """A run that ended with one proposal; its id."""
        run = await self.accept(thread_id, text="Request SAP")
        terminal = await self.end(await self.answer(run, [FIND], [PROPOSE], [TextDelta("Look.")]))
        (interrupt,) = terminal["outcome"]["interrupts"]
        return uuid.UUID(interrupt["id"])

    async def drafts(self, run: AcceptedRun) -> list[str]:
        """The statuses of what the run proposed."""
        async with self.database.read() as session:
            found = await session.execute(
                select(Proposal.status).where(Proposal.run_id == run.run_id)
            )
        return list(found.scalars())


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
