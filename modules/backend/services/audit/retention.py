"""How long audit records are kept. The chain begins at a checkpoint afterwards."""

from datetime import timedelta
from typing import Any

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.observability import get_logger
from modules.backend.core.settings_security import AuditSettings
from modules.backend.repositories import audit
from modules.backend.services.audit import trail
from modules.backend.services.audit.trail import Kind
from modules.backend.services.audit.verifying import checkpoint_details

log = get_logger(__name__)


class AuditRetention:
    def __init__(self, database: Database, settings: AuditSettings, clock: Clock) -> None:
        self._database = database
        self._days = settings.audit_retention_days
        self._clock = clock

    async def remove_old(self) -> int:
        """Removes records from before the configured age, and says so in the audit.

        Returns how many. PostgreSQL itself keeps the last 30 days. Raises Unavailable.
        """
        if self._days is None:
            return 0
        now = self._clock.now()
        async with self._database.transaction() as session:
            checkpoint = await audit.prune(session, now - timedelta(days=self._days))
            if checkpoint is None:
                return 0
            details: dict[str, Any] = checkpoint_details(checkpoint)
            await trail.record(session, now, Kind.PRUNED, **details)
        log.info("audit.pruned", removed=checkpoint.removed, position=checkpoint.position)
        return checkpoint.removed
