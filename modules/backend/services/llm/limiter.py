"""Keeps a deployment within what it takes: open calls and tokens per minute, over all processes.

Whoever comes when it is full waits in line (`line`), where people take turns. Tokens are reserved
before a call from the length of the prompt and the longest answer, and settled to what the call
took. A vendor that asks to be left alone is, by everybody.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from modules.backend.core.errors import LLMError
from modules.backend.core.instruments import LLM_WAIT
from modules.backend.core.observability import get_logger
from modules.backend.core.settings_llm import LLMSettings
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.line import UNKNOWN, Limits, Line
from modules.backend.services.llm.metered import CHARACTERS_PER_TOKEN
from modules.backend.services.llm.provider import (
    Attempt,
    LLMPart,
    LLMProvider,
    LLMRequest,
    ModelRole,
)
from modules.backend.services.llm.shared import SharedState

log = get_logger(__name__)

LONGEST_PAUSE_SECONDS = 20.0


class Limited:
    """Raises `llm_busy` when the line is too long or does not move."""

    def __init__(self, inner: LLMProvider, shared: SharedState, settings: LLMSettings) -> None:
        self._inner = inner
        self._shared = shared
        self._max_output_tokens = settings.llm_max_output_tokens
        self._limits = Limits(
            concurrency=settings.llm_concurrency,
            tokens_per_minute=settings.llm_tokens_per_minute,
            queue_seconds=settings.llm_queue_seconds,
        )
        self._lines: dict[str, Line] = {}
        self.name = inner.name

    def model(self, role: ModelRole) -> str:
        return self._inner.model(role)

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        attempts: list[Attempt] = []

        async def on_attempt(attempt: Attempt) -> None:
            await request.on_attempt(attempt)
            attempts.append(attempt)

        line = self._line(request.role)
        ticket = line.enter(request.person, self._estimate(request))
        loop = asyncio.get_running_loop()
        entered = loop.time()
        try:
            try:
                await line.turn(ticket, request.on_wait)
            finally:
                LLM_WAIT.record(loop.time() - entered, {"gen_ai.provider.name": self.name})
            counted = replace(request, on_attempt=on_attempt)
            async with aclosing(self._inner.stream(counted)) as parts:
                async for part in parts:
                    yield part
        except LLMError as error:
            if attempts and error.code == Fault.LLM_BUSY.code and error.retry_after:
                log.warning("llm.deployment_paused", provider=self.name, asked=error.retry_after)
                line.pause(min(error.retry_after, LONGEST_PAUSE_SECONDS))
            raise
        finally:
            line.leave(ticket, _taken(attempts))

    async def close(self) -> None:
        for line in self._lines.values():
            await line.close()
        await self._inner.close()

    def _line(self, role: ModelRole) -> Line:
        """The line of the role's model; roles that share a model share it."""
        model = self.model(role)
        if model not in self._lines:
            self._lines[model] = Line(self._shared, f"{self.name}:{model}", self._limits)
        return self._lines[model]

    def _estimate(self, request: LLMRequest) -> int:
        characters = sum(
            len(message.content) + sum(len(call.arguments) for call in message.tool_calls)
            for message in request.messages
        )
        characters += sum(
            len(tool.description) + len(str(tool.parameters)) for tool in request.tools
        )
        longest = request.max_output_tokens or self._max_output_tokens
        return characters // CHARACTERS_PER_TOKEN + longest


def _taken(attempts: list[Attempt]) -> int:
    """Tokens that the call took, UNKNOWN if it may have taken any number.

    An attempt that failed without a word took none: vendors do not count what they did not answer,
    and a deployment in trouble would otherwise use up its minute with refusals.
    """
    if not attempts:
        return 0
    (attempt,) = attempts
    if attempt.usage is None:
        return UNKNOWN if attempt.outcome in ("finished", "stopped", "open") else 0
    counts = (attempt.usage.input_tokens, attempt.usage.output_tokens)
    known = [tokens for tokens in counts if tokens is not None]
    return sum(known) if known else UNKNOWN
