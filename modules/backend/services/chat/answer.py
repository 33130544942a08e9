"""Making the answer: what the model says becomes the run's events."""

import asyncio
from contextlib import aclosing
from typing import Protocol

from modules.backend.core.errors import AppError
from modules.backend.services.chat.acceptance import AcceptedRun
from modules.backend.services.chat.context import Context
from modules.backend.services.chat.events import text_content, text_end, text_start
from modules.backend.services.chat.live import LiveRun
from modules.backend.services.llm.cost_tracker import TrackedCall
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import (
    Attempt,
    LLMProvider,
    LLMRequest,
    TextDelta,
)

MAX_RUN_BYTES = 8_000_000
"""How much one run may put into its log."""


class Wake(Protocol):
    def __call__(self, run: LiveRun) -> None:
        """The run has something to log."""
        ...


class Answer:
    """What a run has made so far. It stands whatever happens to the task that makes it."""

    def __init__(self, run: AcceptedRun, live: LiveRun, wake: Wake) -> None:
        self.run = run
        self.live = live
        self.calls: list[TrackedCall] = []
        self._wake = wake
        self._text: list[str] = []
        self._open = False

    @property
    def text(self) -> str:
        return "".join(self._text)

    def say(self, delta: str) -> None:
        """Adds text. Raises AppError `answer_too_long` past the cap."""
        if not self._open:
            self.live.append(text_start(self.run.answer_id))
            self._open = True
        self._text.append(delta)
        self.live.append(text_content(self.run.answer_id, delta))
        self._wake(self.live)
        if self.live.bytes > MAX_RUN_BYTES:
            raise AppError("answer_too_long", "The answer became too long and was stopped here.")

    def account(self, attempt: Attempt) -> None:
        """Takes an attempt into the ledger; it is filled in while it goes on."""
        self.calls.append(TrackedCall("chat", len(self.calls) + 1, attempt))

    def close(self) -> None:
        """Closes what is open, so that the terminal event can follow."""
        if self._open:
            self.live.append(text_end(self.run.answer_id))
            self._open = False


class Answering:
    def __init__(self, context: Context, provider: LLMProvider, *, deadline: float) -> None:
        self._context = context
        self._provider = provider
        self._deadline = deadline

    async def fill(self, answer: Answer) -> None:
        """Asks the model and fills the answer.

        Raises LLMError when the model fails, `answer_too_long` past the cap.
        """
        run = answer.run
        prompt = await self._context.prompt(run.thread_id, run.question_id)
        request = LLMRequest(prompt, on_attempt=answer.account)
        try:
            async with (
                asyncio.timeout(self._deadline),
                aclosing(self._provider.stream(request)) as parts,
            ):
                async for part in parts:
                    if isinstance(part, TextDelta):
                        answer.say(part.text)
        except TimeoutError as error:
            raise Fault.LLM_TIMEOUT.error(detail="The whole answer had its deadline.") from error
