"""Tasks about proposals: what a process began and could not end, and what nobody decided."""

from modules.backend.services.jobs.schedule import every
from modules.backend.tasks.queue import job, worker


@job("proposals.execute", schedule=every(seconds=10), attempts=1)
async def execute() -> None:
    """Sends what waits for SailPoint, and asks what became of changes that are not settled."""
    await worker().executor.execute_due()


@job("proposals.expire", schedule=every(minutes=1), attempts=1)
async def expire() -> None:
    """Marks what nobody decided in time, and tells the pages that show it."""
    await worker().executor.tell_expired(await worker().proposals.expire())
