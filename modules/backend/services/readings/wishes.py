"""What was read of what a person sees, and asking for the rest."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from uuid import UUID

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.repositories import readings
from modules.backend.services.readings.contents import Content

TASK = "readings.read"
ON_SCREEN, AHEAD = 0, 1

Enqueue = Callable[[str, UUID], Awaitable[None]]


async def left_to_rescan(_task: str, _subject: UUID) -> None:
    """Where a process sends no tasks: what it stores is found by the re-scan."""


class Readings:
    def __init__(self, database: Database, clock: Clock, enqueue: Enqueue = left_to_rescan) -> None:
        self._database = database
        self._clock = clock
        self._enqueue = enqueue

    async def known(self, contents: Iterable[Content]) -> Mapping[str, str]:
        """What was made of them, by hash; what was not read yet is left out."""
        hashes = {content.hash for content in contents}
        if not hashes:
            return {}
        async with self._database.read() as session:
            return await readings.texts(session, hashes)

    async def want(
        self, person_id: UUID, contents: Sequence[Content], *, subject: str = "", rank: int
    ) -> None:
        """Has them read by the worker, what is on screen before the rest."""
        unread = {content.hash: content for content in contents}
        for hash in await self.known(contents):
            del unread[hash]
        if not unread:
            return
        now = self._clock.now()
        rows = [
            {
                "person_id": person_id,
                "hash": hash,
                "subject": subject,
                "kind": content.kind.value,
                "facts": dict(content.facts),
                "rank": rank,
                "wished_at": now,
            }
            for hash, content in sorted(unread.items())
        ]
        async with self._database.transaction() as session:
            is_new = await readings.wish(session, rows)
        if is_new:
            await self._enqueue(TASK, person_id)
