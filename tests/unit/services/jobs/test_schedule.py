from datetime import UTC, datetime, timedelta

import pytest

from modules.backend.services.jobs.schedule import Schedule, daily, every


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "due"),
    [
        (every(minutes=5), "2026-01-05 12:04:59.999", "2026-01-05 12:00"),
        (every(minutes=5), "2026-01-05 12:05:00", "2026-01-05 12:05"),
        (every(seconds=30), "2026-01-05 12:05:31", "2026-01-05 12:05:30"),
        (every(hours=6), "2026-01-05 05:59", "2026-01-05 00:00"),
        (daily(hour=2, minute=30), "2026-01-05 02:29", "2026-01-04 02:30"),
        (daily(hour=2, minute=30), "2026-01-05 02:30", "2026-01-05 02:30"),
    ],
)
def test_a_due_time_follows_from_the_schedule_alone(schedule: Schedule, now: str, due: str) -> None:
    assert schedule.latest(at(now)) == at(due)


def test_a_period_is_a_second_at_the_least() -> None:
    with pytest.raises(ValueError, match="second"):
        Schedule(timedelta(milliseconds=999))
