"""Making the answer: the model is shown the conversation, and the agent loop fills the answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.models import Proposal
from modules.backend.repositories import messages
from modules.backend.services.chat.acceptance import AcceptedRun
from modules.backend.services.chat.answer import Answer
from modules.backend.services.chat.context import Context
from modules.backend.services.chat.loop import AgentLoop
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.chat.tools.fence import fenced
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import ChatMessage

PATIENCE_SECONDS = 15.0
"""How long an answer waits to hear what became of what its person decided."""
LOOK_SECONDS = 0.5
MAX_RECORDS = 100


@dataclass(frozen=True, slots=True)
class Answering:
    context: Context
    loop: AgentLoop
    proposals: Proposals
    database: Database
    clock: Clock
    deadline: float
    """Seconds for one answer in all."""

    async def fill(self, answer: Answer) -> None:
        """Asks the model and fills the answer.

        Raises LLMError when the model fails, `answer_too_long` past the cap.
        """
        try:
            async with asyncio.timeout(self.deadline):
                await self.loop.fill(answer, await self._prompt(answer.run))
        except TimeoutError as error:
            raise Fault.LLM_TIMEOUT.error(detail="The whole answer had its deadline.") from error

    async def _prompt(self, run: AcceptedRun) -> list[ChatMessage]:
        prompt = await self.context.prompt(run.thread_id, run.question_id)
        if prompt[-1].role == "assistant":
            prompt.append(ChatMessage("user", _told(await self._decided(run))))
        records = await self._records(run)
        if records:
            prompt.insert(-1, ChatMessage("user", records))
        return prompt

    async def _decided(self, run: AcceptedRun) -> Sequence[Proposal]:
        """What the person decided to begin this run, as far as it has come."""
        until = self.clock.monotonic() + PATIENCE_SECONDS
        while True:
            decided = await self.proposals.of_run(run.run_id)
            under_way = any(proposal.status in ("confirmed", "sending") for proposal in decided)
            if not under_way or self.clock.monotonic() >= until:
                return decided
            await asyncio.sleep(LOOK_SECONDS)

    async def _records(self, run: AcceptedRun) -> str:
        """Names and ids that earlier answers showed, so that a follow-up can mean them."""
        async with self.database.read() as session:
            records = await messages.records(session, run.thread_id)
        latest = dict(list(records.items())[-MAX_RECORDS:])
        return fenced("records shown earlier", orjson.dumps(latest).decode()) if latest else ""


def _told(decided: Sequence[Proposal]) -> str:
    """What became of the decisions, for the model to put into words."""
    outcomes = [
        {
            "what": proposal.card.get("title", proposal.kind),
            "status": proposal.status,
            "outcome": (proposal.outcome or {}).get("words"),
        }
        for proposal in decided
    ]
    return fenced("decisions of the person", orjson.dumps(outcomes).decode())
