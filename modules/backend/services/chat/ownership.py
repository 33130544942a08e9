"""As whom this process owns runs."""

import uuid

from modules.backend.core.clock import NewId
from modules.backend.core.errors import Unavailable


class Ownership:
    """The id under which runs are owned, and whether its lease is held.

    An id whose lease was lost is never used again: others may have claimed some of its runs, and
    what they have not claimed yet must not look alive.
    """

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id
        self.id: uuid.UUID = new_id()
        self.is_held = False

    def owner_id(self) -> uuid.UUID:
        """The id to store with a new run. Raises Unavailable while no lease is held."""
        if not self.is_held:
            raise Unavailable(
                "unavailable", "This part of the service is not ready yet. Try again in a moment."
            )
        return self.id

    def lose(self) -> None:
        self.is_held = False
        self.id = self._new_id()
