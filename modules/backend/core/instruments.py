"""Every metric of the product, in one list: what it counts, in which unit, by which attributes.

`docs/metrics.md` is made from it (`python -m modules.backend.core.instruments`), and the alerts and
the workbook of the infrastructure query these names. The names that begin with `gen_ai.` are those
of OpenTelemetry's conventions for generative AI, as of the pinned `opentelemetry-semantic-
conventions`; all others are our own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

METER = "icarus"

Attributes = Mapping[str, str | int | bool]
SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0)
MOMENTS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
TOKENS = (1, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576)


@dataclass(frozen=True)
class Instrument:
    """A metric. `standard` is its row in the deployment standard's table of metrics, if any."""

    name: str
    unit: str
    meaning: str
    by: Sequence[str] = ()
    standard: str = ""

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        if self.name in INSTRUMENTS:
            raise ValueError(f"two instruments are called {self.name}")
        INSTRUMENTS[self.name] = self


INSTRUMENTS: dict[str, Instrument] = {}


class Counter(Instrument):
    """Only grows."""

    kind = "counter"

    def add(self, amount: float = 1, attributes: Attributes | None = None) -> None:
        self._made.add(amount, attributes)

    @cached_property
    def _made(self) -> metrics.Counter:
        return _meter().create_counter(self.name, self.unit, self.meaning)


class UpDownCounter(Instrument):
    """How many there are."""

    kind = "up-down counter"

    def add(self, amount: int, attributes: Attributes | None = None) -> None:
        self._made.add(amount, attributes)

    @cached_property
    def _made(self) -> metrics.UpDownCounter:
        return _meter().create_up_down_counter(self.name, self.unit, self.meaning)


@dataclass(frozen=True)
class Histogram(Instrument):
    """How large values were. `buckets` are their upper bounds."""

    buckets: Sequence[float] = field(default=SECONDS)

    kind: ClassVar[str] = "histogram"

    def record(self, value: float, attributes: Attributes | None = None) -> None:
        self._made.record(value, attributes)

    @cached_property
    def _made(self) -> metrics.Histogram:
        return _meter().create_histogram(
            self.name, self.unit, self.meaning, explicit_bucket_boundaries_advisory=self.buckets
        )


class Gauge(Instrument):
    """What was seen last."""

    kind = "gauge"

    def set(self, value: float, attributes: Attributes | None = None) -> None:
        self._made.set(value, attributes)

    @cached_property
    def _made(self) -> "metrics._Gauge":
        return _meter().create_gauge(self.name, self.unit, self.meaning)


class Observed(Instrument):
    """What is there whenever figures are collected."""

    kind = "gauge"

    def observe(self, now: Callable[[], float], attributes: Attributes | None = None) -> None:
        """now: called from a thread of the exporter; it must only look"""

        def look(_: CallbackOptions) -> Iterable[Observation]:
            return [Observation(now(), attributes)]

        _meter().create_observable_gauge(self.name, [look], self.unit, self.meaning)


def _meter() -> metrics.Meter:
    return metrics.get_meter(METER)


# --- Answers ---------------------------------------------------------------------------------
RUN_DURATION = Histogram(
    "icarus.run.duration",
    "s",
    "From acceptance or takeover to the stored end of an answer",
    ("outcome",),
    "Response time (P95)",
)
RUN_FIRST_TEXT = Histogram(
    "icarus.run.time_to_first_text", "s", "From acceptance to the first text of an answer"
)
RUNS_ACTIVE = UpDownCounter("icarus.run.active", "{run}", "Answers that this process makes now")
RUN_TAKEOVERS = Counter(
    "icarus.run.takeovers", "{run}", "Answers of dead processes that this one went on with"
)
RUN_RESUMES = Counter(
    "icarus.run.resumes", "{reader}", "Readers that came back to an answer under way"
)
FEEDBACK_RATINGS = Counter(
    "icarus.feedback.ratings",
    "{rating}",
    "Ratings of answers that people gave or changed, `up` or `down`; one taken back stays counted",
    ("rating", "gen_ai.provider.name", "gen_ai.request.model"),
)

# --- Sockets ---------------------------------------------------------------------------------
SOCKETS = UpDownCounter(
    "icarus.ws.active", "{connection}", "Open sockets of this process", (), "WebSocket connections"
)
SOCKET_CAPACITY = Observed(
    "icarus.ws.capacity",
    "{connection}",
    "Sockets that a process is sized for (`WS_CAPACITY_PER_WORKER`)",
    (),
    "WebSocket connections",
)

# --- Models ----------------------------------------------------------------------------------
_CALL = ("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model")
LLM_DURATION = Histogram(
    "gen_ai.client.operation.duration",
    "s",
    "One attempt at a model, from the request to its end",
    (*_CALL, "error.type"),
    "LLM latency (P95)",
)
LLM_FIRST_CHUNK = Histogram(
    "gen_ai.client.operation.time_to_first_chunk",
    "s",
    "From the request to the first part of the model's answer",
    _CALL,
)
LLM_TOKENS = Histogram(
    "gen_ai.client.token.usage",
    "{token}",
    "Tokens of one attempt, as the vendor counts them or as estimated",
    (*_CALL, "gen_ai.token.type"),
    buckets=TOKENS,
)
LLM_COST = Counter(
    "icarus.llm.cost",
    "USD",
    "What attempts cost, as booked on the ledger; unknown prices add nothing",
    ("gen_ai.provider.name", "gen_ai.request.model"),
    "LLM token cost (daily)",
)
LLM_BUDGET_LEFT = Gauge(
    "icarus.llm.budget.left",
    "USD",
    "What is left of the day's budget for all, reservations taken off",
    (),
    "LLM token cost (daily)",
)
LLM_WAIT = Histogram(
    "icarus.llm.wait", "s", "In line for a deployment", ("gen_ai.provider.name",), buckets=MOMENTS
)

# --- SailPoint -------------------------------------------------------------------------------
SAILPOINT_DURATION = Histogram(
    "icarus.sailpoint.duration",
    "s",
    "One call of SailPoint, with its waits and tries",
    ("operation", "outcome"),
)
SAILPOINT_ERRORS = Counter(
    "icarus.sailpoint.errors",
    "{call}",
    "Calls that failed for SailPoint's part: its errors, silence, no connection",
    ("operation", "error.type"),
    "SailPoint API errors",
)
SAILPOINT_WAIT = Histogram(
    "icarus.sailpoint.limiter.wait",
    "s",
    "At the limiter before a call",
    ("priority",),
    buckets=MOMENTS,
)

# --- Tasks -----------------------------------------------------------------------------------
TASK_DEPTH = Gauge(
    "icarus.task.queue.depth",
    "{task}",
    "Unfinished tasks; every worker tells the same: read the latest, never the sum",
    ("state",),
)
TASK_OLDEST = Gauge("icarus.task.queue.oldest", "s", "Age of the oldest unfinished task")
TASK_DURATION = Histogram("icarus.task.duration", "s", "One attempt", ("task", "outcome"))
TASK_FAILURES = Counter("icarus.task.failures", "{attempt}", "Failed attempts", ("task", "reason"))

# --- The process -----------------------------------------------------------------------------
POOL_USED = Observed(
    "icarus.db.pool.used",
    "{connection}",
    "Connections to PostgreSQL in use in this process",
    (),
    "Database connections",
)
POOL_SIZE = Observed(
    "icarus.db.pool.size",
    "{connection}",
    "Connections to PostgreSQL that this process may use",
    (),
    "Database connections",
)
LOOP_LAG = Histogram(
    "icarus.process.event_loop.lag",
    "s",
    "How late the event loop woke a task that had slept",
    buckets=MOMENTS,
)

OF_THE_FRAMEWORK = {
    "http.server.request.duration": ("histogram", "s", "Requests, by route and status"),
    "http.server.active_requests": ("up-down counter", "{request}", "Requests under way"),
}
"""What FastAPI measures by itself. Response time and error rate of the standard come from here."""


def as_markdown() -> str:
    """The page `docs/metrics.md`."""
    rows = [
        f"| `{i.name}` | {i.kind} | {i.unit} | {i.meaning} | "
        f"{', '.join(f'`{name}`' for name in i.by) or '–'} | {i.standard or '–'} |"
        for i in INSTRUMENTS.values()
    ]
    framework = [
        f"| `{name}` | {kind} | {unit} | {meaning} | by the framework | Response time, error rate |"
        for name, (kind, unit, meaning) in OF_THE_FRAMEWORK.items()
    ]
    return "\n".join([_HEAD, *rows, *framework, ""])


_HEAD = """# Metrics

Made from `modules/backend/core/instruments.py` by `make docs`; a test keeps the two alike. Metrics
leave a process when `APPLICATIONINSIGHTS_CONNECTION_STRING` or `OTEL_EXPORTER_OTLP_ENDPOINT` is
set, once a minute, and are never sampled. CPU, memory, PostgreSQL and Redis are measured by the
platform.

| Name | Kind | Unit | Meaning | By | In the standard's table |
| --- | --- | --- | --- | --- | --- |"""


if __name__ == "__main__":
    print(as_markdown(), end="")  # noqa: T201  # the page is the output
