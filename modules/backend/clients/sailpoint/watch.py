"""Whether Redis is worth asking, so that its absence costs one wait and one log line, not many."""

from modules.backend.core.clock import Clock
from modules.backend.core.observability import get_logger

log = get_logger(__name__)

LEFT_ALONE_SECONDS = 5.0


class RedisWatch:
    """`what` names who asks, for the log."""

    def __init__(self, what: str, clock: Clock) -> None:
        self._what = what
        self._clock = clock
        self._lost_at: float | None = None

    @property
    def is_away(self) -> bool:
        """Redis failed just now. After a while it is worth another question."""
        if self._lost_at is None:
            return False
        return self._clock.monotonic() - self._lost_at < LEFT_ALONE_SECONDS

    def lost(self, error: Exception) -> None:
        if self._lost_at is None:
            log.warning("sailpoint.redis_lost", what=self._what, error=type(error).__name__)
        self._lost_at = self._clock.monotonic()

    def found(self) -> None:
        if self._lost_at is not None:
            log.info("sailpoint.redis_back", what=self._what)
        self._lost_at = None
