"""The tenant's rate limit: so many calls in a sliding window, by client and API version."""

import math
from collections import deque
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from modules.sandbox.sailpoint.errors import RateLimitError


class Limit(BaseModel):
    """How many calls pass in how many seconds."""

    model_config = ConfigDict(extra="forbid")

    calls: int = Field(default=100, ge=0, le=1_000_000)
    seconds: int = Field(default=10, ge=1, le=3600)


class RateLimiter:
    """Counts what passed; a refused call does not lengthen the wait."""

    def __init__(self) -> None:
        self.limit = Limit()
        self.refused = 0
        self._passed: dict[tuple[str, str], deque[datetime]] = {}

    def admit(self, client_id: str, version: str, now: datetime) -> None:
        """Raises `RateLimitError` when the window is full."""
        passed = self._passed.setdefault((client_id, version), deque())
        window = timedelta(seconds=self.limit.seconds)
        while passed and passed[0] <= now - window:
            passed.popleft()
        if len(passed) >= self.limit.calls:
            self.refused += 1
            oldest = passed[0] if passed else now
            wait = (oldest + window - now).total_seconds()
            raise RateLimitError(max(1, math.ceil(wait)))
        passed.append(now)

    def reset(self) -> None:
        self.limit = Limit()
        self.refused = 0
        self._passed.clear()
