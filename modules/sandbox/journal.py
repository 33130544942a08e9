"""What was asked of the sandbox and how each call ended."""

import hashlib
from collections import deque
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count

from pydantic import BaseModel

MAX_CALLS = 2000
MAX_TEXT = 300


class Outcome(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    ABORTED = "aborted"  # the client went away before the end
    REFUSED = "refused"  # answered with an error status
    BROKEN = "broken"  # a fault ended it


class Call(BaseModel):
    """One request. `text` begins the last user message; `chunks` counts what was sent."""

    id: int
    at: datetime
    path: str
    model: str
    messages: int
    text: str
    body_digest: str
    stream: bool
    fault: str | None = None
    status: int | None = None
    chunks: int = 0
    outcome: Outcome = Outcome.OPEN


class Journal:
    """The latest `MAX_CALLS` calls, and totals since the last reset."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._calls: deque[Call] = deque(maxlen=MAX_CALLS)
        self.total = 0
        self.aborted = 0

    def open(
        self, *, path: str, model: str, messages: int, text: str, body: bytes, stream: bool
    ) -> Call:
        call = Call(
            id=next(self._ids),
            at=datetime.now(UTC),
            path=path,
            model=model,
            messages=messages,
            text=text[:MAX_TEXT],
            body_digest=hashlib.sha256(body).hexdigest(),
            stream=stream,
        )
        self._calls.append(call)
        self.total += 1
        return call

    def close(self, call: Call, outcome: Outcome) -> None:
        call.outcome = outcome
        self.aborted += outcome is Outcome.ABORTED

    def calls(self, *, match: str = "", limit: int = MAX_CALLS) -> list[Call]:
        """The latest calls whose text holds `match`, oldest first."""
        found = [call for call in self._calls if match in call.text]
        return found[-limit:]

    def clear(self) -> None:
        self._calls.clear()
        self.total = self.aborted = 0
