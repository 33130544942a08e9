"""Whether a loop is still at work."""

from typing import Literal

from modules.backend.core.clock import Clock

STALLED_SECONDS = 30.0
PulseState = Literal["ok", "stalled", "ended"]


class Pulse:
    """A loop beats as long as it does its work. It counts as stalled after a while without."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at = clock.monotonic()
        self._ended = False

    def beat(self) -> None:
        self._at = self._clock.monotonic()

    def end(self) -> None:
        self._ended = True

    @property
    def age_seconds(self) -> float:
        return self._clock.monotonic() - self._at

    @property
    def state(self) -> PulseState:
        if self._ended:
            return "ended"
        return "stalled" if self.age_seconds > STALLED_SECONDS else "ok"
