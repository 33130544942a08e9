"""When something is due. A due time follows from the schedule alone, never from who asks when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Due at every multiple of the period since the epoch, moved by the offset."""

    period: timedelta
    offset: timedelta = timedelta()

    def __post_init__(self) -> None:
        if self.period < timedelta(seconds=1):
            raise ValueError("a period is a second or longer")

    def latest(self, now: datetime) -> datetime:
        """The last due time that has come."""
        return now - (now - EPOCH - self.offset) % self.period


def every(*, seconds: int = 0, minutes: int = 0, hours: int = 0) -> Schedule:
    return Schedule(timedelta(seconds=seconds, minutes=minutes, hours=hours))


def daily(*, hour: int, minute: int = 0) -> Schedule:
    """Once a day at a time of day in UTC."""
    return Schedule(timedelta(days=1), timedelta(hours=hour, minutes=minute))
