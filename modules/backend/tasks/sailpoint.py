"""Tasks about SailPoint that nobody waits for."""

from modules.backend.services.jobs.schedule import every
from modules.backend.tasks.queue import job, worker


@job("sailpoint.follow", schedule=every(seconds=10), attempts=1, seconds=60)
async def follow() -> None:
    """Looks at requests and approvals of people who are here, and tells their open pages."""
    if (following := worker().following) is not None:
        await following.look()


@job("sailpoint.token", schedule=every(minutes=1), attempts=1, seconds=30)
async def token() -> None:
    """Fetches the service's token before the old one ends, so that nobody waits for it."""
    if (desk := worker().desk) is not None:
        await desk.warm_up()
