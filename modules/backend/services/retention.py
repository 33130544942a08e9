"""How long things are kept."""

from datetime import timedelta

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.observability import get_logger
from modules.backend.core.settings import RetentionSettings
from modules.backend.repositories import upkeep

log = get_logger(__name__)

BATCH = 500


class Retention:
    def __init__(self, database: Database, settings: RetentionSettings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock

    async def delete_old_conversations(self) -> int:
        """Deletes those that last changed before the configured age, and returns how many.

        A batch is a transaction: what was deleted stays deleted when a later one fails. The ledger
        of model calls stays. Raises Unavailable.
        """
        days = self._settings.retention_conversation_days
        if days is None:
            return 0
        before = self._clock.now() - timedelta(days=days)
        deleted, batch = 0, BATCH
        while batch == BATCH:
            async with self._database.transaction() as session:
                batch = await upkeep.delete_conversations(session, before=before, limit=BATCH)
            deleted += batch
        log.info("conversations.retention_done", deleted=deleted, days=days)
        return deleted
