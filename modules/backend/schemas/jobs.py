from datetime import datetime
from uuid import UUID

from modules.backend.schemas.base import WireModel


class JobsOut(WireModel):
    """The state of the queue. `failures` counts failed attempts by task since midnight, UTC."""

    waiting: int
    running: int
    postponed: int
    dead: int
    oldest_seconds: float
    """How long the oldest unfinished task has been in the queue; 0 when there is none."""
    failures: dict[str, int]
    last_due: dict[str, datetime]
    """The latest due time that was sent, by scheduled task."""


class DeadLetterOut(WireModel):
    """A task that was given up. `id` names it for sending it again."""

    id: str
    task: str
    subjects: list[UUID]
    reason: str
    died_at: datetime


class Revived(WireModel):
    """How many tasks were sent again."""

    revived: int
