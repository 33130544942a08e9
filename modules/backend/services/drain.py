"""Leaving in order: a process that is told to stop loses nothing and fails nobody.

Pages are asked to move to another process, a few at a time so that they do not all arrive there at
once. Runs may finish within the grace time; what is left is handed over.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from modules.backend.core.errors import Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.services.actions.background import BackgroundExecution
from modules.backend.services.chat.generator import Generator
from modules.backend.services.chat.lease import Lease

log = get_logger(__name__)

SPREAD_SECONDS = 3.0

Tell = Callable[[], None]
"""Asks one page to move. Returns at once."""


class Draining(Unavailable):
    """This process is about to end; another one takes what it refuses."""

    def __init__(self) -> None:
        super().__init__(
            "draining", "This part of the service is being restarted. Try again in a moment."
        )


class Drain:
    def __init__(
        self,
        generator: Generator,
        lease: Lease,
        execution: BackgroundExecution,
        seconds: float,
    ) -> None:
        """`seconds` is how long runs may go on to finish."""
        self._generator = generator
        self._lease = lease
        self._execution = execution
        self._seconds = seconds
        self._pages: set[Tell] = set()
        self.began = asyncio.Event()

    def check(self) -> None:
        """Raises Draining once this process takes nothing more on."""
        if self.began.is_set():
            raise Draining

    @contextmanager
    def informing(self, tell: Tell) -> Iterator[None]:
        """Has a page told, while the block runs, when it should move: one that comes late, now."""
        self._pages.add(tell)
        if self.began.is_set():
            tell()
        try:
            yield
        finally:
            self._pages.discard(tell)

    async def run(self) -> None:
        """Everything up to the moment when connections can be closed."""
        self.began.set()
        self._lease.claim_nothing()
        log.info("drain.began", pages=len(self._pages))
        await asyncio.gather(
            self._inform(), self._execution.close(), self._generator.finish(self._seconds)
        )
        await self._generator.hand_over()
        await self._lease.release()
        log.info("drain.ended", pages=len(self._pages))

    async def _inform(self) -> None:
        """Tells every page at a time of its own."""
        pages = list(self._pages)
        random.shuffle(pages)
        for place, tell in enumerate(pages):
            if place:
                await asyncio.sleep(SPREAD_SECONDS / len(pages))
            if tell in self._pages:
                tell()
