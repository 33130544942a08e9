"""How a delivered task ends, and the decision between another attempt and giving up."""

import asyncio
import random
from dataclasses import dataclass

from modules.backend.core.errors import AppError

FIRST_DELAY_SECONDS = 2.0
LONGEST_DELAY_SECONDS = 300.0
FACTOR = 2.0


@dataclass(frozen=True, slots=True)
class Finished:
    """It did its work."""

    outcome = "done"


@dataclass(frozen=True, slots=True)
class Postponed:
    """Another attempt comes after the delay."""

    outcome = "postponed"
    task: str
    delay_seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Buried:
    """A dead letter now: an administrator may send it again."""

    outcome = "buried"
    task: str
    reason: str


@dataclass(frozen=True, slots=True)
class HandedBack:
    """Not done, and no fault of its own: any other worker takes it at once."""

    outcome = "handed_back"


Settlement = Finished | Postponed | Buried | HandedBack


def after_error(
    task: str, error: BaseException, *, attempt: int, attempts: int
) -> Postponed | Buried | HandedBack:
    """What becomes of a task whose attempt, counted from 1, ended with the error."""
    if isinstance(error, asyncio.CancelledError):
        return HandedBack()
    reason = error.code if isinstance(error, AppError) else type(error).__name__
    if attempt >= attempts or not _may_pass(error):
        return Buried(task, reason)
    return Postponed(task, delay_after(attempt), reason)


def delay_after(attempt: int) -> float:
    """Seconds until the next attempt: doubling, capped, and spread over half of the time."""
    longest = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * FACTOR ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311  # spreads load


def _may_pass(error: BaseException) -> bool:
    """An error that says of itself that it stays is believed."""
    return error.retryable if isinstance(error, AppError) else True
