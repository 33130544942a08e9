"""Misbehaviour on demand: what can go wrong with an outside system, and the queue of what will."""

from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

MAX_QUEUED = 1000


class FaultKind(StrEnum):
    """How a call goes wrong."""

    STATUS = "status"  # an HTTP error instead of an answer
    HANG = "hang"  # no headers, ever
    SLOW = "slow"  # the whole answer, at a twentieth of the pace
    STALL = "stall"  # silence in the middle of the answer
    CUT = "cut"  # the connection is closed in the middle
    GARBAGE = "garbage"  # a line in the middle that is no JSON
    ERROR = "error"  # an error object in the middle of the stream
    OVERSIZE = "oversize"  # a line in the middle that does not end for 10 MB
    IDLE = "idle"  # signs of life in the middle, and nothing else for ever
    FILTER = "filter"  # the content filter stops the model in the middle
    PROMPT_FILTER = "prompt_filter"  # the content filter refuses the question
    REFUSAL = "refusal"  # the model itself refuses, in words of its own
    QUOTA = "quota"  # the account is used up
    CONTEXT = "context"  # the prompt is too long


class Misbehaviour(BaseModel):
    """Something that goes wrong with the next `times` calls that it applies to."""

    model_config = ConfigDict(extra="forbid")

    times: int = Field(default=1, ge=1, le=1_000_000)


M = TypeVar("M", bound=Misbehaviour)


class Fault(Misbehaviour):
    """One kind of misbehaviour of the model, or of the issuer."""

    target: Literal["llm", "identity"] = "llm"
    kind: FaultKind
    status: int = Field(default=500, ge=400, le=599)
    retry_after: float | None = Field(default=None, ge=0, le=3600)
    after_chunks: int = Field(default=3, ge=0, le=1_000_000)
    match: str = Field(default="", max_length=1000)
    model: str = Field(default="", max_length=200)

    def applies(self, *, target: str, model: str, text: str) -> bool:
        return (
            self.target == target and self.match in text and (not self.model or self.model == model)
        )


class QueueFullError(Exception):
    """Nobody collects the faults that are being queued."""


class FaultQueue(Generic[M]):
    """Faults in the order of asking for them. A call gets the first that applies to it."""

    def __init__(self) -> None:
        self._queue: deque[M] = deque()

    def add(self, fault: M) -> None:
        """Raises `QueueFullError` when `MAX_QUEUED` faults wait already."""
        if len(self._queue) >= MAX_QUEUED:
            raise QueueFullError(f"{MAX_QUEUED} faults are queued and were not used")
        self._queue.append(fault.model_copy())

    def take(self, applies: Callable[[M], bool]) -> M | None:
        """The fault of a call, if one applies to it: spent for that call."""
        for fault in self._queue:
            if applies(fault):
                fault.times -= 1
                if fault.times == 0:
                    self._queue.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        self._queue.clear()

    def pending(self) -> list[M]:
        return list(self._queue)
