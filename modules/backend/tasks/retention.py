"""Deletes what is older than it may become."""

from modules.backend.services.jobs.schedule import daily
from modules.backend.tasks.queue import job, worker


@job("conversations.retention", schedule=daily(hour=2, minute=30), seconds=600)
async def conversations() -> None:
    """Deletes conversations that nobody has used for the configured time."""
    await worker().retention.delete_old_conversations()


@job("audit.retention", schedule=daily(hour=2, minute=50), seconds=600)
async def audit() -> None:
    """Removes audit records older than the configured time, behind a checkpoint."""
    await worker().audit_retention.remove_old()
