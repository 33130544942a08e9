"""What still waits for a task, by what PostgreSQL says."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.repositories import readings, upkeep
from modules.backend.services.readings.wishes import TASK as READ

AT_ONCE = 200
SETTLED = timedelta(minutes=2)
"""What is younger may still have its task in the queue."""
GIVEN_UP = timedelta(days=1)


class Rescan:
    """Each kind of work that is sent after a commit has one line in `find`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def find(self) -> dict[str, Sequence[UUID]]:
        """The subjects that wait, by the name of their task. Raises Unavailable."""
        return {
            "conversations.title": await self._untitled(),
            READ: await self._unread(),
        }

    async def _unread(self) -> Sequence[UUID]:
        before = self._clock.now() - SETTLED
        async with self._database.read() as session:
            return await readings.people_waiting(session, before=before, limit=AT_ONCE)

    async def _untitled(self) -> Sequence[UUID]:
        now = self._clock.now()
        async with self._database.read() as session:
            return await upkeep.untitled_conversations(
                session, after=now - GIVEN_UP, before=now - SETTLED, limit=AT_ONCE
            )
