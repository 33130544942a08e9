"""How many answers may be written for one person at the same time.

The runs themselves are counted, in the transaction that accepts one more: they end in every way
there is, killed processes too, and no counter beside them could be right about all of those.
"""

from uuid import UUID

from modules.backend.core.database import Session
from modules.backend.core.errors import TooMany
from modules.backend.core.settings_security import LimitSettings
from modules.backend.repositories import runs

WAIT_SECONDS = 5


class RunsAtOnce:
    def __init__(self, settings: LimitSettings) -> None:
        self._limit = settings.limit_runs_at_once if settings.limits == "on" else None

    async def check(self, session: Session, person_id: UUID) -> None:
        """Raises TooMany if one more, just added, is too many. A person's runs take turns here."""
        if self._limit is None:
            return
        if await runs.count_active(session, person_id) > self._limit:
            raise TooMany(
                "too_many_runs",
                "Several answers are being written for you. Wait for one, or stop it first.",
                retry_after=WAIT_SECONDS,
            )
