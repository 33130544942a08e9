"""What happens around every task: its trace, its log lines, its figures, and how it is settled."""

import asyncio
import time
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any

import structlog
from opentelemetry import context as trace_context
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from taskiq import TaskiqMessage, TaskiqMiddleware, TaskiqResult
from taskiq.exceptions import NoResultError

from modules.backend.core.errors import AppError
from modules.backend.core.instruments import TASK_DURATION, TASK_FAILURES
from modules.backend.core.observability import get_logger
from modules.backend.services.jobs.settlement import (
    Buried,
    Finished,
    HandedBack,
    Postponed,
    Settlement,
    after_error,
)
from modules.backend.tasks.jobs import job_of

log = get_logger(__name__)

ATTEMPT = "attempt"
"""The label that counts the attempts, from 1."""

_carrier = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("icarus.tasks")


@dataclass(slots=True)
class Execution:
    """One attempt of a task in this process."""

    span: trace.Span
    token: Token[Any]
    began: float
    settlement: Settlement


execution: ContextVar[Execution | None] = ContextVar("execution", default=None)
"""The attempt that runs in this asyncio task; the library gives every delivery one of its own."""


def attempt_of(message: TaskiqMessage) -> int:
    return int(message.labels.get(ATTEMPT, 1))


class Lifecycle(TaskiqMiddleware):
    """`running` holds the asyncio tasks in which something is executed now."""

    def __init__(self) -> None:
        super().__init__()
        self.running: set[asyncio.Task[Any]] = set()

    def pre_send(self, message: TaskiqMessage) -> TaskiqMessage:
        _carrier.inject(message.labels)
        return message

    def pre_execute(self, message: TaskiqMessage) -> TaskiqMessage:
        message.labels["timeout"] = job_of(message.task_name).seconds
        span = _tracer.start_span(
            f"task {message.task_name}",
            context=_carrier.extract(message.labels),
            kind=trace.SpanKind.CONSUMER,
            attributes={"task.id": message.task_id, "task.attempt": attempt_of(message)},
        )
        token = trace_context.attach(trace.set_span_in_context(span))
        execution.set(Execution(span, token, time.monotonic(), Finished()))
        structlog.contextvars.bind_contextvars(
            task=message.task_name,
            task_id=message.task_id,
            subject=message.args[0] if message.args else None,
            attempt=attempt_of(message),
        )
        self._note_running()
        log.info("task.started")
        return message

    def on_error(
        self, message: TaskiqMessage, result: TaskiqResult[Any], exception: BaseException
    ) -> None:
        now = execution.get()
        assert now is not None
        settlement = now.settlement = after_error(
            message.task_name,
            exception,
            attempt=attempt_of(message),
            attempts=job_of(message.task_name).attempts,
        )
        if not isinstance(settlement, Buried):
            result.error = NoResultError()  # only an end is a result
        if isinstance(settlement, HandedBack):
            return
        TASK_FAILURES.add(1, {"task": message.task_name, "reason": settlement.reason})
        # An error that was foreseen needs no trace, and a trace may hold what people wrote.
        unforeseen = exception if not isinstance(exception, AppError) else None
        log.warning("task.failed", reason=settlement.reason, exc_info=unforeseen)

    def post_execute(self, message: TaskiqMessage, _result: TaskiqResult[Any]) -> None:
        now = execution.get()
        assert now is not None
        seconds = time.monotonic() - now.began
        outcome = now.settlement.outcome
        TASK_DURATION.record(seconds, {"task": message.task_name, "outcome": outcome})
        again = now.settlement.delay_seconds if isinstance(now.settlement, Postponed) else None
        log.info("task.ended", outcome=outcome, seconds=round(seconds, 3), again_in_seconds=again)
        if not isinstance(now.settlement, Finished):
            now.span.set_status(trace.StatusCode.ERROR, outcome)
        now.span.end()
        trace_context.detach(now.token)

    def _note_running(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.running.add(task)
        task.add_done_callback(self.running.discard)
