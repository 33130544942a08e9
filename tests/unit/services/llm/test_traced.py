from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from modules.backend.core.errors import AppError
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import (
    Attempt,
    ChatMessage,
    Finished,
    LLMRequest,
    TextDelta,
    Usage,
)
from modules.backend.services.llm.traced import Traced
from tests.fixtures.clock import FakeClock
from tests.fixtures.llm import read
from tests.fixtures.scripted import WAIT, ScriptedProvider, Step

QUESTION = "What is the secret of the sphinx?"
ANSWER = "A riddle it is"
REQUEST = LLMRequest([ChatMessage("user", QUESTION)])


class Trace:
    """A traced model and the spans that it ended."""

    def __init__(self, *script: Step, name: str = "openai") -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        inner, clock = ScriptedProvider(script), FakeClock()
        inner.name = name
        self.provider = Traced(Metered(inner, clock), clock, provider.get_tracer("test"))

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()

    async def of(self, request: LLMRequest = REQUEST) -> ReadableSpan:
        """The one span of a call."""
        await read(self.provider, request)
        (span,) = self.spans
        return span


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


async def test_an_attempt_is_a_span_by_the_conventions() -> None:
    usage = Usage(30, 12, cached_input_tokens=20, reasoning_tokens=5)
    span = await Trace(TextDelta(ANSWER), usage).of(replace(REQUEST, max_output_tokens=64))

    assert (span.name, span.kind) == ("chat scripted-chat", SpanKind.CLIENT)
    assert span.status.status_code is StatusCode.UNSET
    assert attributes(span) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "scripted-chat",
        "gen_ai.request.stream": True,
        "gen_ai.request.max_tokens": 64,
        "gen_ai.response.time_to_first_chunk": 0.0,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 30,
        "gen_ai.usage.output_tokens": 12,
        "gen_ai.usage.cache_read.input_tokens": 20,
        "gen_ai.usage.reasoning.output_tokens": 5,
    }


async def test_azure_has_the_name_of_the_conventions() -> None:
    span = await Trace(TextDelta(ANSWER), name="azure_openai").of()

    assert attributes(span)["gen_ai.provider.name"] == "azure.ai.openai"


@pytest.mark.parametrize("script", [[], [TextDelta(ANSWER)]], ids=["at once", "in the middle"])
async def test_a_failure_is_named(script: list[Step]) -> None:
    span = await Trace(*script, Fault.LLM_INTERRUPTED.error(detail=ANSWER)).of()

    assert attributes(span)["error.type"] == "llm_interrupted"
    assert span.status.status_code is StatusCode.ERROR
    assert "gen_ai.response.finish_reasons" not in attributes(span)


async def test_no_text_is_traced() -> None:
    span = await Trace(TextDelta(ANSWER), Fault.LLM_REJECTED.error(detail=QUESTION)).of()

    assert span.events == ()
    assert QUESTION not in span.to_json()
    assert ANSWER not in span.to_json()


async def test_being_stopped_is_no_failure() -> None:
    traced = Trace(TextDelta(ANSWER), WAIT)
    async with aclosing(traced.provider.stream(REQUEST)) as parts:
        await anext(parts)

    (span,) = traced.spans
    assert "error.type" not in attributes(span)
    assert attributes(span)["gen_ai.usage.output_tokens"] == -(-len(ANSWER) // 4)


async def test_an_attempt_that_was_refused_by_us_is_none() -> None:
    async def refuse(_: Attempt) -> None:
        raise AppError("budget_exceeded", "The budget is used up.")

    traced = Trace(TextDelta(ANSWER))
    _, code = await read(traced.provider, replace(REQUEST, on_attempt=refuse))

    assert (code, traced.spans) == ("budget_exceeded", ())


async def test_belongs_to_the_span_around_it() -> None:
    traced = Trace(TextDelta(ANSWER))
    with TracerProvider().get_tracer("test").start_as_current_span("run") as run:
        span = await traced.of()

    assert span.parent is not None
    assert span.parent.span_id == run.get_span_context().span_id


async def test_without_an_sdk_everything_passes() -> None:
    assert not trace.get_current_span().is_recording()
    clock = FakeClock()
    provider = Traced(Metered(ScriptedProvider([TextDelta(ANSWER)]), clock), clock)

    assert await read(provider, REQUEST) == ([TextDelta(ANSWER), Finished("stop")], None)
