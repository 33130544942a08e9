"""An account of every attempt that reaches a vendor, however it ends."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

from modules.backend.core.clock import Clock
from modules.backend.core.errors import LLMError
from modules.backend.services.llm.provider import (
    Attempt,
    LLMPart,
    LLMProvider,
    LLMRequest,
    ModelRole,
    TextDelta,
    Usage,
)

CHARACTERS_PER_TOKEN = 4
"""The rule of thumb that vendors themselves give for English; it only serves marked estimates."""
TOKENS_AROUND_A_PART = 16
"""More than any vendor's format puts around a message or a tool."""
TOKENS_AROUND_TOOLS = 1_024
"""More than any vendor's own instructions on how to call tools."""
BEFORE_COUNTING = ("stopped", "llm_timeout", "llm_interrupted")
"""Ends of calls that the vendor had begun to work on, and bills without having said how much."""


class Metered:
    """Stands directly around an adapter: what retries or fails over above it is counted here."""

    def __init__(self, inner: LLMProvider, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        self.name = inner.name

    def model(self, role: ModelRole) -> str:
        return self._inner.model(role)

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        attempt = Attempt(
            self.name,
            self.model(request.role),
            self._clock.now(),
            input_estimate=_estimated_input(request),
            input_bound=_bound_of_input(request),
            output_bound=request.max_output_tokens,
        )
        await request.on_attempt(attempt)
        written = 0
        try:
            async with aclosing(self._inner.stream(request)) as parts:
                async for part in parts:
                    if isinstance(part, Usage):
                        attempt.usage = part
                    elif isinstance(part, TextDelta):
                        written += len(part.text)
                    yield part
            attempt.outcome = "finished"
        except LLMError as error:
            attempt.outcome = error.code
            raise
        except (asyncio.CancelledError, GeneratorExit):
            attempt.outcome = "stopped"
            raise
        finally:
            attempt.ended_at = self._clock.now()
            if attempt.outcome == "open":
                attempt.outcome = "internal"
            if attempt.usage is None and (written or attempt.outcome in BEFORE_COUNTING):
                output = -(-written // CHARACTERS_PER_TOKEN)
                attempt.usage, attempt.is_estimate = Usage(attempt.input_estimate, output), True

    async def close(self) -> None:
        await self._inner.close()


def _estimated_input(request: LLMRequest) -> int:
    return sum(len(text) for text in _texts(request)) // CHARACTERS_PER_TOKEN


def _bound_of_input(request: LLMRequest) -> int:
    """No vendor's tokens are shorter than a byte."""
    size = sum(len(text.encode()) for text in _texts(request))
    parts = len(request.messages) + len(request.tools)
    return size + parts * TOKENS_AROUND_A_PART + bool(request.tools) * TOKENS_AROUND_TOOLS


def _texts(request: LLMRequest) -> Iterator[str]:
    for message in request.messages:
        yield message.content
        for call in message.tool_calls:
            yield from (call.name, call.arguments)
    for tool in request.tools:
        yield from (tool.name, tool.description, json.dumps(tool.parameters))
