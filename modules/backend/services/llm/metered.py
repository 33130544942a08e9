"""An account of every attempt that reaches a vendor, however it ends."""

import asyncio
from collections.abc import AsyncGenerator
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


class Metered:
    """Stands directly around an adapter: what retries or fails over above it is counted here."""

    def __init__(self, inner: LLMProvider, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        self.name = inner.name

    def model(self, role: ModelRole) -> str:
        return self._inner.model(role)

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        attempt = Attempt(self.name, self.model(request.role), self._clock.now())
        request.on_attempt(attempt)
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
            if attempt.usage is None and written:
                attempt.usage, attempt.is_estimate = _estimate(request, written), True

    async def close(self) -> None:
        await self._inner.close()


def _estimate(request: LLMRequest, written: int) -> Usage:
    """Tokens of a stream that ended before the vendor counted them."""
    read = sum(len(message.content) for message in request.messages)
    return Usage(read // CHARACTERS_PER_TOKEN, -(-written // CHARACTERS_PER_TOKEN))
