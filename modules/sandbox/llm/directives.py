"""Orders to the sandbox inside a user message: `[[sandbox tokens=200 delay_ms=5 fault=cut]]`."""

import re
from collections import OrderedDict

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from modules.sandbox.faults import Fault, FaultKind
from modules.sandbox.llm.wire import WireError

PATTERN = re.compile(r"\[\[sandbox\b([^\]]*)\]\]")
MAX_REMEMBERED = 1000


class Directives(BaseModel):
    """What a message may order.

    `tokens` sets the answer: that many chunks, "w1 w2 …". `after` says how many of them come before
    a fault in the middle, `times` on how many calls with the same message the fault happens (all,
    if left out). `tools` calls the offered tools that many times instead. `input`, `cached`,
    `written` (to a cache) and `reasoning` are token counts for the usage figures. `idle` chunks
    without content come first, and `split` cuts what is sent after every so many bytes.
    """

    model_config = ConfigDict(extra="forbid")

    tokens: int | None = Field(default=None, ge=0, le=1_000_000)
    ttft_ms: int | None = Field(default=None, ge=0, le=600_000)
    delay_ms: int | None = Field(default=None, ge=0, le=600_000)
    fault: str | None = None
    after: int = Field(default=3, ge=0, le=1_000_000)
    times: int | None = Field(default=None, ge=1)
    retry_after: float | None = Field(default=None, ge=0, le=3600)
    tools: int = Field(default=0, ge=0, le=20)
    input: int | None = Field(default=None, ge=0)
    cached: int | None = Field(default=None, ge=0)
    written: int = Field(default=0, ge=0)
    reasoning: int = Field(default=0, ge=0)
    idle: int = Field(default=0, ge=0, le=1000)
    split: int | None = Field(default=None, ge=1)

    def as_fault(self) -> Fault | None:
        """Raises `WireError` for a kind of fault that there is not."""
        if self.fault is None:
            return None
        try:
            if self.fault.isdigit():
                return Fault(
                    kind=FaultKind.STATUS, status=int(self.fault), retry_after=self.retry_after
                )
            return Fault(kind=FaultKind(self.fault), after_chunks=self.after)
        except ValueError as error:
            raise WireError(400, f"Unknown sandbox fault: {self.fault}") from error


def parse(message: str) -> Directives:
    """The orders in a message. Raises `WireError` for one that cannot be read."""
    pairs = (pair.partition("=") for found in PATTERN.findall(message) for pair in found.split())
    try:
        return Directives.model_validate({name: value for name, _, value in pairs})
    except ValidationError as error:
        raise WireError(400, f"Unreadable sandbox directive: {error}") from error


def without(message: str) -> str:
    """The message as a person would read it."""
    return PATTERN.sub("", message).strip()


class Repetitions:
    """How often a message had its fault already. Knows the latest `MAX_REMEMBERED` messages."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()

    def another(self, message: str, *, limit: int | None) -> bool:
        """Whether the fault is due once more. Counts the call."""
        if limit is None:
            return True
        count = self._counts.pop(message, 0) + 1
        self._counts[message] = count
        if len(self._counts) > MAX_REMEMBERED:
            self._counts.popitem(last=False)
        return count <= limit

    def clear(self) -> None:
        self._counts.clear()
