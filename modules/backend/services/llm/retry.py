"""Another attempt after a fault that may pass, as the deployment standard sets it.

Three retries, one second before the first and twice as long before each further one, spread at
random so that people who failed together do not come back together. A vendor's `Retry-After` is
honoured up to a cap. Never after the first text: what a person has read is not made again unseen.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from modules.backend.core.clock import Clock
from modules.backend.core.errors import LLMError, LLMUnavailable
from modules.backend.core.observability import get_logger
from modules.backend.services.llm.delivery import one_delivery
from modules.backend.services.llm.provider import LLMPart, LLMProvider, LLMRequest, ModelRole

log = get_logger(__name__)

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Times are in seconds."""

    retries: int = 3
    first_delay: float = 1.0
    factor: float = 2.0
    longest_delay: float = 20.0
    """A vendor that asks for longer is not waited for."""
    deadline: float = 60.0
    """After this long no further attempt begins."""


def delay_before(
    retry: int, error: LLMError, policy: RetryPolicy, *, elapsed: float, spread: float
) -> float | None:
    """Seconds to wait before the retry of that number, from 1; None to give up.

    `spread`, from 0 to 1, places the delay between half of the nominal one and the whole.
    """
    if not isinstance(error, LLMUnavailable) or retry > policy.retries:
        return None
    nominal = policy.first_delay * policy.factor ** (retry - 1)
    delay = max(nominal * (0.5 + spread / 2), error.retry_after or 0.0)
    if delay > policy.longest_delay or elapsed + delay > policy.deadline:
        return None
    return delay


class Retrying:
    def __init__(
        self,
        inner: LLMProvider,
        clock: Clock,
        policy: RetryPolicy | None = None,
        *,
        sleep: Sleep = asyncio.sleep,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._policy = policy or RetryPolicy()
        self._sleep = sleep
        self._spread = spread
        self.name = inner.name

    def model(self, role: ModelRole) -> str:
        return self._inner.model(role)

    def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        began, retry = self._clock.monotonic(), 0

        async def again(error: LLMError) -> LLMProvider | None:
            nonlocal retry
            retry += 1
            elapsed = self._clock.monotonic() - began
            delay = delay_before(retry, error, self._policy, elapsed=elapsed, spread=self._spread())
            if delay is None:
                return None
            log.warning("llm.retried", provider=self.name, code=error.code, delay=delay)
            await self._sleep(delay)
            return self._inner

        return one_delivery(request, self._inner, again)

    async def close(self) -> None:
        await self._inner.close()
