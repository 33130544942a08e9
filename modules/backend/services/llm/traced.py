"""A span and figures of each attempt that reaches a vendor, by the conventions for `gen_ai`.

No text of a question or an answer. Only OpenTelemetry's API is used: while no SDK is set up, spans
are empty objects and figures go nowhere.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.util.types import AttributeValue

from modules.backend.core.clock import Clock
from modules.backend.core.instruments import LLM_DURATION, LLM_FIRST_CHUNK, LLM_TOKENS
from modules.backend.services.llm.delivery import is_delivery
from modules.backend.services.llm.provider import (
    Attempt,
    Finished,
    LLMPart,
    LLMProvider,
    LLMRequest,
    ModelRole,
    Usage,
)

_NAMES = {"azure_openai": "azure.ai.openai"}
"""Where the conventions call a vendor otherwise than we do."""
_NOT_A_FAILURE = frozenset({"finished", "stopped"})


class Traced:
    """Stands around `Metered`, whose account of the attempt it reports."""

    def __init__(self, inner: LLMProvider, clock: Clock, tracer: Tracer | None = None) -> None:
        self._inner = inner
        self._clock = clock
        self._tracer = tracer or trace.get_tracer(__name__)
        self.name = inner.name

    def model(self, role: ModelRole) -> str:
        return self._inner.model(role)

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        spans: list[_AttemptSpan] = []

        async def on_attempt(attempt: Attempt) -> None:
            await request.on_attempt(attempt)
            spans.append(_AttemptSpan(self._tracer, attempt, request, self._clock))

        try:
            traced = replace(request, on_attempt=on_attempt)
            async with aclosing(self._inner.stream(traced)) as parts:
                async for part in parts:
                    for span in spans:
                        span.take(part)
                    yield part
        finally:
            for span in spans:
                span.end()

    async def close(self) -> None:
        await self._inner.close()


class _AttemptSpan:
    """It never becomes the current span: a stream is often closed by another task."""

    def __init__(self, tracer: Tracer, attempt: Attempt, request: LLMRequest, clock: Clock) -> None:
        self._attempt = attempt
        self._clock = clock
        self._began = clock.monotonic()
        self._has_begun_to_speak = False
        self._labels = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": _NAMES.get(attempt.provider, attempt.provider),
            "gen_ai.request.model": attempt.model,
        }
        attributes: dict[str, AttributeValue] = {**self._labels, "gen_ai.request.stream": True}
        if request.max_output_tokens is not None:
            attributes["gen_ai.request.max_tokens"] = request.max_output_tokens
        self._span: Span = tracer.start_span(
            f"chat {attempt.model}", kind=SpanKind.CLIENT, attributes=attributes
        )

    def take(self, part: LLMPart) -> None:
        if not self._has_begun_to_speak and is_delivery(part):
            self._has_begun_to_speak = True
            silence = self._clock.monotonic() - self._began
            self._span.set_attribute("gen_ai.response.time_to_first_chunk", silence)
            LLM_FIRST_CHUNK.record(silence, self._labels)
        if isinstance(part, Finished):
            self._span.set_attribute("gen_ai.response.finish_reasons", [part.reason])

    def end(self) -> None:
        attempt = self._attempt
        if attempt.usage is not None:
            self._span.set_attributes(_figures(attempt.usage))
        self._measure()
        if attempt.outcome not in _NOT_A_FAILURE:
            self._span.set_attribute("error.type", attempt.outcome)
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()

    def _measure(self) -> None:
        outcome, usage = self._attempt.outcome, self._attempt.usage
        failed = {} if outcome in _NOT_A_FAILURE else {"error.type": outcome}
        LLM_DURATION.record(self._clock.monotonic() - self._began, self._labels | failed)
        if usage is None:
            return
        for kind, tokens in (("input", usage.input_tokens), ("output", usage.output_tokens)):
            if tokens is not None:
                LLM_TOKENS.record(tokens, self._labels | {"gen_ai.token.type": kind})


def _figures(usage: Usage) -> dict[str, AttributeValue]:
    """What is unknown is left out."""
    figures = {
        "gen_ai.usage.input_tokens": usage.input_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": usage.cached_input_tokens,
        "gen_ai.usage.reasoning.output_tokens": usage.reasoning_tokens,
    }
    return {name: tokens for name, tokens in figures.items() if tokens is not None}
