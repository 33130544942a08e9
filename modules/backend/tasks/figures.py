"""The figures of the queue."""

from modules.backend.core.instruments import TASK_DEPTH, TASK_OLDEST
from modules.backend.schemas.jobs import JobsOut


def tell(state: JobsOut) -> None:
    for name in ("waiting", "running", "postponed", "dead"):
        TASK_DEPTH.set(getattr(state, name), {"state": name})
    TASK_OLDEST.set(state.oldest_seconds)
