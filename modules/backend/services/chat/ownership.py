"""As whom this process owns runs."""

import asyncio
import uuid

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.errors import Unavailable

PATIENCE_SECONDS = 3.0
"""How long a run waits for the lease of a process that has just started."""
LOST_SECONDS = 5.0
"""How long after its last good renewal began an owner stops by itself: before others may claim."""


class Ownership:
    """The id under which runs are owned, and whether its lease is held.

    An id whose lease was lost is never used again: others may have claimed some of its runs, and
    what they have not claimed yet must not look alive.
    """

    def __init__(self, new_id: NewId, clock: Clock) -> None:
        self._new_id = new_id
        self._clock = clock
        self._held = asyncio.Event()
        self._good_until = 0.0
        self.id: uuid.UUID = new_id()

    @property
    def is_held(self) -> bool:
        return self._held.is_set()

    @property
    def is_current(self) -> bool:
        """Whether runs may be gone on with. Tells a process that slept too long before anything
        else does."""
        return self._held.is_set() and self._clock.monotonic() < self._good_until

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

    def hold(self, since: float) -> None:
        """The lease was taken or prolonged by a renewal that began then, on the monotonic clock."""
        self._good_until = since + LOST_SECONDS
        self._held.set()

    def release(self) -> None:
        """No more runs are owned."""
        self._held.clear()

    def lose(self) -> None:
        """The lease ran out."""
        self._held.clear()
        self.id = self._new_id()
