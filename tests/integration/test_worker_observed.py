"""What can be seen of a task: one trace with its request, log lines, figures."""

import asyncio
import uuid
from typing import Any

import pytest
import structlog
from opentelemetry import context, metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from modules.backend.core.errors import LLMRejected
from modules.backend.services.jobs.queue import JobQueue
from tests.fixtures.tasks import Bench, until

pytestmark = pytest.mark.integration

REQUEST = SpanContext(
    trace_id=0x4BF92F3577B34DA6A3CE929D0E0E4736,
    span_id=0x00F067AA0BA902B7,
    is_remote=False,
    trace_flags=TraceFlags(TraceFlags.SAMPLED),
)


async def test_a_task_belongs_to_the_trace_of_its_request(bench: Bench) -> None:
    seen: list[int] = []

    @bench.broker.task("note")
    async def note() -> None:
        seen.append(trace.get_current_span().get_span_context().trace_id)

    token = context.attach(trace.set_span_in_context(NonRecordingSpan(REQUEST)))
    await bench.send("note")
    context.detach(token)
    async with bench.working():
        await bench.settled()

    assert seen == [REQUEST.trace_id]


@pytest.mark.usefixtures("fast_retries")
async def test_each_attempt_has_its_lines_with_ids_alone(
    bench: Bench,
) -> None:
    ran: list[int] = []

    @bench.broker.task("note")
    async def note(_subject: str) -> None:
        ran.append(1)
        if len(ran) == 1:
            raise OSError

    subject = str(uuid.uuid4())
    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars]
    ) as lines:
        async with bench.working():
            await bench.send("note", subject)
            await bench.settled()

    about = [line for line in lines if line.get("subject") == subject]
    assert [(line["event"], line["attempt"]) for line in about] == [
        ("task.started", 1),
        ("task.failed", 1),
        ("task.ended", 1),
        ("task.started", 2),
        ("task.ended", 2),
    ]
    assert [line["outcome"] for line in about if line["event"] == "task.ended"] == [
        "postponed",
        "done",
    ]
    assert {line["task"] for line in about} == {"note"}


@pytest.fixture(scope="session")
def reader() -> InMemoryMetricReader:
    """What the product's instruments tell, from the first test that asks on."""
    in_memory = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([in_memory]))
    return in_memory


def points(reader: InMemoryMetricReader, name: str, **attributes: str) -> list[Any]:
    """The data points of an instrument that have these attributes."""
    told = reader.get_metrics_data()
    assert told is not None
    return [
        point
        for resource in told.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == name
        for point in metric.data.data_points
        if attributes.items() <= dict(point.attributes or {}).items()
    ]


async def test_durations_and_failures_are_counted_by_task(
    bench: Bench, reader: InMemoryMetricReader
) -> None:
    good, bad = f"good.{uuid.uuid4().hex}", f"bad.{uuid.uuid4().hex}"

    @bench.broker.task(good)
    async def succeed() -> None:
        return

    @bench.broker.task(bad)
    async def fail() -> None:
        raise LLMRejected("llm_rejected", "No.")

    async with bench.working():
        await bench.send(good)
        await bench.send(good)
        await bench.send(bad)
        await bench.settled()

    (duration,) = points(reader, "icarus.task.duration", task=good, outcome="done")
    (failures,) = points(reader, "icarus.task.failures", task=bad)
    assert duration.count == 2
    assert (failures.value, failures.attributes["reason"]) == (1, "llm_rejected")


async def test_depth_and_age_of_the_queue_are_told(
    bench: Bench, queue: JobQueue, reader: InMemoryMetricReader
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    @bench.broker.task("waits")
    async def waits() -> None:
        began.set()
        await go_on.wait()

    async with bench.working():
        await bench.send("waits")
        await began.wait()
        await until(lambda: points(reader, "icarus.task.queue.depth", state="running")[0].value)
        # Told again and again: its age grows.
        await until(lambda: points(reader, "icarus.task.queue.oldest")[0].value)
        go_on.set()
        await bench.settled()

    depths = points(reader, "icarus.task.queue.depth")
    assert {point.attributes["state"] for point in depths} == {
        "waiting",
        "running",
        "postponed",
        "dead",
    }
