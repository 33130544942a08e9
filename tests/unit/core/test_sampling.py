from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    get_current_span,
    set_span_in_context,
)

from modules.backend.core.sampling import SAVED_SECONDS, TracesPerSecond, sampler
from tests.fixtures.clock import FakeClock

RATE = 5.0
AT_ONCE = int(RATE * SAVED_SECONDS)
FROM_A_PAGE = set_span_in_context(
    NonRecordingSpan(SpanContext(7, 7, is_remote=True, trace_flags=TraceFlags(1)))
)


def kept(limited: TracesPerSecond, traces: int) -> int:
    results = [limited.should_sample(None, number, "click") for number in range(traces)]
    return sum(result.decision is Decision.RECORD_AND_SAMPLE for result in results)


def test_no_more_than_so_many_a_second_are_kept() -> None:
    clock = FakeClock()
    limited = TracesPerSecond(RATE, clock.monotonic)
    at_once = kept(limited, 1000)
    clock.advance(3)

    assert at_once == AT_ONCE
    assert kept(limited, 1000) == 3 * RATE


def test_what_was_saved_has_an_end() -> None:
    clock = FakeClock()
    limited = TracesPerSecond(RATE, clock.monotonic)
    clock.advance(3600)

    assert kept(limited, 1000) == AT_ONCE


def test_a_slow_rate_still_keeps_the_first() -> None:
    assert kept(TracesPerSecond(0.01, FakeClock().monotonic), 10) == 1


class TestParents:
    def spans(self, *, is_edge: bool) -> list[bool]:
        """Whether each of many traces that pages began is kept, and the spans below likewise."""
        tracer = TracerProvider(sampler(RATE, is_edge=is_edge)).get_tracer("test")
        found = []
        for _ in range(AT_ONCE * 10):
            with tracer.start_as_current_span("request", context=FROM_A_PAGE) as request:
                with tracer.start_as_current_span("statement"):
                    assert get_current_span().is_recording() == request.is_recording()
                found.append(request.is_recording())
        return found

    def test_a_page_that_wants_all_of_them_gets_no_more(self) -> None:
        assert AT_ONCE <= sum(self.spans(is_edge=True)) < AT_ONCE * 10

    def test_what_a_process_of_the_product_kept_is_kept_whole(self) -> None:
        assert all(self.spans(is_edge=False))
