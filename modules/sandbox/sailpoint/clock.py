"""The tenant's time: real time plus an offset, or standing still."""

from datetime import UTC, datetime, timedelta


class VirtualClock:
    """Follows real time until somebody freezes or moves it. All times are UTC."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._frozen_at: datetime | None = None

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    def now(self) -> datetime:
        return self._frozen_at or datetime.now(UTC) + self._offset

    def freeze(self, at: datetime | None = None) -> None:
        """Stands still, at the present moment if `at` is left out."""
        self._frozen_at = at or self.now()

    def advance(self, seconds: float) -> None:
        """Goes forward, also while standing still."""
        step = timedelta(seconds=seconds)
        if self._frozen_at is not None:
            self._frozen_at += step
        else:
            self._offset += step

    def follow(self) -> None:
        """Runs on from where it stands."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - datetime.now(UTC)
            self._frozen_at = None

    def reset(self) -> None:
        self._offset = timedelta()
        self._frozen_at = None


def stamp(moment: datetime) -> str:
    """As SailPoint writes a time: milliseconds and a Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def optional_stamp(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def parse_stamp(text: str) -> datetime | None:
    """The time in ISO 8601, taken as UTC if it names no zone; nothing if it is no time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
