"""Misbehaviour on demand: what can go wrong with a call, and the queue of what will."""

from enum import StrEnum
from random import Random
from typing import Any, Literal

from pydantic import Field, PrivateAttr

from modules.sandbox.faults import Misbehaviour


class FaultKind(StrEnum):
    """How a call goes wrong. Up to `EARLY_EXPIRY`, nothing of the call is carried out."""

    HANG = "hang"  # no answer, ever
    RESET = "reset"  # the connection is closed before a body
    STATUS = "status"  # an HTTP error instead of an answer
    EARLY_EXPIRY = "early_expiry"  # the token is void from now on: 401
    LATENCY = "latency"  # the right answer, late
    COMMIT_THEN_FAIL = "commit_then_fail"  # carried out, and then `then`
    TRUNCATED = "truncated"  # the answer ends in the middle of its JSON
    UNKNOWN_ENUM = "unknown_enum"  # a value that the contract does not list
    EXTRA_FIELDS = "extra_fields"  # fields that the contract does not list
    MISSING_FIELDS = "missing_fields"  # only the fields that name a record
    EMPTY_LIST = "empty_list"  # nothing found, with 200


class Fault(Misbehaviour):
    """One kind of misbehaviour for the calls that it applies to.

    operation, method: of which calls; empty means all
    times: how many calls it spoils before it is gone
    probability: how likely it spoils a call that it applies to, drawn from `seed`
    latency_ms: how late, from and to
    field: the field that gets an unknown value; empty means every known one
    """

    kind: FaultKind
    operation: str = Field(default="", max_length=100)
    method: str = Field(default="", max_length=10)
    probability: float = Field(default=1, gt=0, le=1)
    seed: int = 0
    status: int = Field(default=500, ge=400, le=599)
    retry_after: int | None = Field(default=None, ge=0, le=3600)
    latency_ms: tuple[int, int] = (1000, 1000)
    then: Literal["status", "hang", "reset"] = "status"
    field: str = Field(default="", max_length=100)

    _random: Random = PrivateAttr(default_factory=Random)

    def model_post_init(self, _: Any) -> None:
        self._random.seed(self.seed)

    def strikes(self, *, operation: str, method: str) -> bool:
        applies = self.operation in ("", operation) and self.method.upper() in ("", method)
        return applies and self._random.random() < self.probability

    def latency_seconds(self) -> float:
        return self._random.uniform(*self.latency_ms) / 1000
