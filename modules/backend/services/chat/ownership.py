"""As whom this process owns runs."""

import asyncio
import uuid

from modules.backend.core.clock import NewId
from modules.backend.core.errors import Unavailable

PATIENCE_SECONDS = 3.0
"""How long a run waits for the lease of a process that has just started."""


class Ownership:
    """The id under which runs are owned, and whether its lease is held.

    An id whose lease was lost is never used again: others may have claimed some of its runs, and
    what they have not claimed yet must not look alive.
    """

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id
        self._held = asyncio.Event()
        self.id: uuid.UUID = new_id()

    @property
    def is_held(self) -> bool:
        return self._held.is_set()

    async def owner_id(self) -> uuid.UUID:
        """The id to store with a new run. Raises Unavailable when no lease comes to be held."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._held.wait()
        except TimeoutError:
            raise Unavailable(
                "unavailable", "This part of the service is not ready yet. Try again in a moment."
            ) from None
        return self.id

    def hold(self) -> None:
        """The lease was taken or prolonged."""
        self._held.set()

    def release(self) -> None:
        """No more runs are owned."""
        self._held.clear()

    def lose(self) -> None:
        """The lease ran out."""
        self._held.clear()
        self.id = self._new_id()
