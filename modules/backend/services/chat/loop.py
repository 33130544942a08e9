"""The agent loop: the model asks for tools, is shown what they bring, and in the end it answers.

The rounds are bounded, the calls of a round run side by side, and what a tool proposes is stored
as a draft that nobody is shown before the run ends well.
"""

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from modules.backend.core.clock import NewId
from modules.backend.core.database import Database
from modules.backend.repositories import messages
from modules.backend.services.actions.action import Actor, Actors
from modules.backend.services.chat.answer import Answer
from modules.backend.services.chat.proposals import Place, Proposals
from modules.backend.services.chat.steps import Step
from modules.backend.services.chat.tools.fence import fenced
from modules.backend.services.chat.tools.tool import Caller
from modules.backend.services.chat.tools.toolbox import Outcome, Toolbox
from modules.backend.services.llm.cost_tracker import CostTracker
from modules.backend.services.llm.provider import (
    Attempt,
    ChatMessage,
    LLMProvider,
    LLMRequest,
    TextDelta,
    ToolCall,
)

MAX_ROUNDS = 6
MAX_CALLS = 8
"""Calls of one round; a model that asks for more is told so."""
MAX_ARGUMENT_CHARACTERS = 20_000
MAX_PROPOSALS = 10
"""Cards of one answer."""


@dataclass(frozen=True, slots=True)
class AgentLoop:
    provider: LLMProvider
    toolbox: Toolbox
    actors: Actors
    proposals: Proposals
    database: Database
    new_id: NewId
    costs: CostTracker
    max_output_tokens: int
    """Of one call."""

    async def fill(self, answer: Answer, prompt: Sequence[ChatMessage]) -> None:
        """Fills the answer. Raises LLMError when the model fails, `answer_too_long` past a cap."""
        turn = _Turn(self, answer)
        said = list(prompt)
        for left in reversed(range(MAX_ROUNDS)):
            text, calls = await self._ask(answer, said, with_tools=left > 0)
            if not calls:
                return
            outcomes = await turn.carry_out(calls)
            said.append(ChatMessage("assistant", text, tool_calls=calls))
            said += [
                ChatMessage("tool", fenced(call.name, outcome.text), tool_call_id=call.id)
                for call, outcome in zip(calls, outcomes, strict=True)
            ]

    async def _ask(
        self, answer: Answer, prompt: Sequence[ChatMessage], *, with_tools: bool
    ) -> tuple[str, list[ToolCall]]:
        """One round: what the model said, which the person has read by now, and what it wants."""
        request = LLMRequest(
            prompt,
            tools=self.toolbox.offered if with_tools else (),
            person=str(answer.run.person_id),
            max_output_tokens=self.max_output_tokens,
            on_attempt=partial(self._reserve, answer),
            on_wait=answer.wait,
        )
        text: list[str] = []
        calls: list[ToolCall] = []
        async with aclosing(self.provider.stream(request)) as parts:
            async for part in parts:
                if isinstance(part, TextDelta):
                    text.append(part.text)
                    answer.say(part.text)
                elif isinstance(part, ToolCall):
                    calls.append(part)
        return "".join(text), calls if with_tools else []

    async def _reserve(self, answer: Answer, attempt: Attempt) -> None:
        async with answer.fence_held:
            await self.costs.reserve(answer.account, attempt)


class _Turn:
    """The tools of one answer: who they work for, and what they have shown."""

    def __init__(self, loop: AgentLoop, answer: Answer) -> None:
        self._loop = loop
        self._answer = answer
        self._actor: Actor | None = None
        self._shown: set[str] = set()
        self._earlier: set[str] | None = None
        self._proposed = 0
        self._caller = Caller(answer.run.person_id, self._find_actor, self._was_shown)

    async def carry_out(self, calls: Sequence[ToolCall]) -> list[Outcome]:
        """Runs the calls side by side; their outcomes in the order of the calls."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._step(call, number)) for number, call in enumerate(calls)
                ]
        except ExceptionGroup as failures:
            # Tools tell their failures themselves: this is one of the answer, such as its length.
            raise failures.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _step(self, call: ToolCall, number: int) -> Outcome:
        step_id = str(self._loop.new_id())
        title = self._loop.toolbox.title(call.name)
        arguments = call.arguments[:MAX_ARGUMENT_CHARACTERS]
        self._answer.begin_step(step_id, call.name, title, arguments)
        outcome = await self._outcome(call, number)
        self._shown.update(outcome.records)
        self._answer.end_step(Step(step_id, call.name, title, arguments, outcome))
        return outcome

    async def _outcome(self, call: ToolCall, number: int) -> Outcome:
        if number >= MAX_CALLS:
            return Outcome.failed("too_many_calls", f"At most {MAX_CALLS} calls at a time.")
        if len(call.arguments) > MAX_ARGUMENT_CHARACTERS:
            return Outcome.failed("too_long", "The arguments are too long.")
        outcome = await self._loop.toolbox.carry_out(self._caller, call)
        return await self._propose(outcome) if outcome.drafts else outcome

    async def _propose(self, outcome: Outcome) -> Outcome:
        """Stores what the tool proposes: all of it, or nothing."""
        self._proposed += len(outcome.drafts)
        if self._proposed > MAX_PROPOSALS:
            return Outcome.failed("too_many_proposals", "There are too many cards in this answer.")
        async with self._answer.fence_held:
            drafted = await self._loop.proposals.draft(_place(self._answer), outcome.drafts)
        if not drafted:
            return Outcome.failed("not_ours", "This answer is being made elsewhere by now.")
        return outcome

    async def _find_actor(self) -> Actor:
        if self._actor is None:
            self._actor = await self._loop.actors.of(self._answer.run.person_id)
        return self._actor

    async def _was_shown(self, record: str) -> bool:
        if record in self._shown:
            return True
        if self._earlier is None:
            self._earlier = await self._shown_earlier(self._answer.run.thread_id)
        return record in self._earlier

    async def _shown_earlier(self, conversation_id: uuid.UUID) -> set[str]:
        async with self._loop.database.read() as session:
            return set(await messages.records(session, conversation_id))


def _place(answer: Answer) -> Place:
    run = answer.run
    return Place(run.person_id, run.thread_id, run.run_id, answer.live.fence)
