"""Which traces are kept: so many a second, and of each that is kept all of it."""

import time
from collections.abc import Callable, Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_ON,
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
)
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

SAVED_SECONDS = 10.0
"""What was not used of the last seconds may be used at once: a laptop keeps all that it does."""


class TracesPerSecond(Sampler):
    """Keeps a trace if fewer than so many a second were kept before it."""

    def __init__(self, rate: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._monotonic = monotonic
        self._most = max(1.0, rate * SAVED_SECONDS)
        self._left = self._most
        self._asked_at = monotonic()

    def should_sample(  # the signature is OpenTelemetry's
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        now = self._monotonic()
        self._left = min(self._most, self._left + (now - self._asked_at) * self._rate)
        self._asked_at = now
        if self._left < 1:
            return SamplingResult(Decision.DROP)
        self._left -= 1
        return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes)

    def get_description(self) -> str:
        return f"TracesPerSecond({self._rate})"


def sampler(rate: float, *, is_edge: bool) -> Sampler:
    """Decides where a trace begins in the product, and goes by that decision everywhere else.

    rate: traces a second that a process keeps
    is_edge: whether what comes from outside comes from pages, which want every trace to be kept
    """
    limited = TracesPerSecond(rate)
    return ParentBased(limited, remote_parent_sampled=limited if is_edge else ALWAYS_ON)
