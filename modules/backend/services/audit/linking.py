"""Giving records their place in the chain, within a second of their commit.

Every web process looks; an advisory lock of the transaction lets one of them at a time add. Until
then a record is `pending`, which the verifier counts, and names when it lasts.
"""

import asyncio
import random

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.errors import Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.repositories import audit
from modules.backend.services.audit.chain import Head, linked

log = get_logger(__name__)

BATCH = 500
EVERY_SECONDS = 0.5
JITTER_SECONDS = 0.3
TOLD_SECONDS = 60.0
"""How often the head of the chain is told to the log, which nobody with the database can change."""


class Linking:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._told_at = float("-inf")

    async def serve(self) -> None:
        """Links until cancelled."""
        while True:
            try:
                placed = await self.link()
            except Unavailable:
                placed = 0
            if placed < BATCH:
                jitter = random.random() * JITTER_SECONDS  # noqa: S311  # spreads load
                await asyncio.sleep(EVERY_SECONDS + jitter)

    async def link(self) -> int:
        """Gives a batch its places; returns how many. Raises Unavailable."""
        async with self._database.transaction() as session:
            if not await audit.lock_chain(session):
                return 0
            records = await audit.pending(session, BATCH)
            if not records:
                return 0
            last = await audit.last_link(session) or await audit.checkpoint(session)
            head = Head() if last is None else Head(last.position, last.digest)
            links = linked(head, records, self._clock.now())
            await audit.link(session, links)
        self._tell(Head(links[-1].position, links[-1].digest))
        return len(links)

    def _tell(self, head: Head) -> None:
        if self._clock.monotonic() - self._told_at >= TOLD_SECONDS:
            self._told_at = self._clock.monotonic()
            log.info("audit.head", position=head.position, digest=head.digest)
