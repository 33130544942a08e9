"""A span and figures of each run: how long it took in this process, and how it came out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import orjson
from opentelemetry import trace
from opentelemetry.trace import StatusCode
from opentelemetry.util.types import AttributeValue

from modules.backend.core.instruments import RUN_DURATION
from modules.backend.services.chat.acceptance import AcceptedRun
from modules.backend.services.chat.events import Frame

AGENT = "icarus"
HANDED_OVER = "handed_over"

_tracer = trace.get_tracer("icarus.chat")


@dataclass(slots=True)
class Course:
    """`outcome`: success, interrupt, cancelled or the code of an error, as the person is told."""

    outcome: str = HANDED_OVER

    def ends(self, terminal: Frame) -> None:
        """Takes the outcome from the terminal event."""
        event = orjson.loads(terminal.data)
        is_error = event["type"] == "RUN_ERROR"
        self.outcome = str(event["code"] if is_error else event["outcome"]["type"])


@contextmanager
def observed(run: AcceptedRun) -> Iterator[Course]:
    """Around all that a process does for a run. What it calls meanwhile belongs to its span."""
    began, course = time.monotonic(), Course()
    attributes: dict[str, AttributeValue] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": AGENT,
        "gen_ai.conversation.id": str(run.thread_id),
        "icarus.run.id": str(run.run_id),
        "icarus.run.generation": run.fence,
    }
    with _tracer.start_as_current_span(
        f"invoke_agent {AGENT}",
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield course
        finally:
            span.set_attribute("icarus.run.outcome", course.outcome)
            if course.outcome not in ("success", "interrupt", "cancelled", HANDED_OVER):
                span.set_attribute("error.type", course.outcome)
                span.set_status(StatusCode.ERROR)
            RUN_DURATION.record(time.monotonic() - began, {"outcome": course.outcome})
