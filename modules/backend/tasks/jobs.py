"""What each task asks of the queue: when it is due, how often it is tried, how long it may take."""

from dataclasses import dataclass

from modules.backend.services.jobs.schedule import Schedule

ATTEMPTS = 8
"""With their delays about four minutes: longer than a store takes to fail over."""
SECONDS = 120.0
LONGEST_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Job:
    """`seconds` is the deadline of one attempt."""

    schedule: Schedule | None = None
    attempts: int = ATTEMPTS
    seconds: float = SECONDS

    def __post_init__(self) -> None:
        if not 0 < self.seconds <= LONGEST_SECONDS:
            raise ValueError(f"an attempt takes at most {LONGEST_SECONDS:.0f} s")
        if self.attempts < 1:
            raise ValueError("a task has one attempt or more")


_jobs: dict[str, Job] = {}
_UNSPECIFIED = Job()


def specify(name: str, job: Job) -> None:
    _jobs[name] = job


def job_of(name: str) -> Job:
    return _jobs.get(name, _UNSPECIFIED)


def schedules() -> dict[str, Schedule]:
    """The scheduled tasks of every file that was imported."""
    return {name: job.schedule for name, job in _jobs.items() if job.schedule is not None}
