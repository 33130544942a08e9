"""Tasks about the ledger of model calls."""

from modules.backend.services.jobs.schedule import daily
from modules.backend.tasks.queue import job, worker


# When the calls of the day before are long over.
@job("ledger.prove", schedule=daily(hour=2, minute=17), seconds=600)
async def prove() -> None:
    """Checks the books of the last days against each other."""
    await worker().ledger.prove()
