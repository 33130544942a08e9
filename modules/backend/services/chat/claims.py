"""Taking over runs whose process is gone, each for one claimant."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.database import Database
from modules.backend.core.observability import get_logger
from modules.backend.models import Run
from modules.backend.repositories import processes, proposals, runs
from modules.backend.services.chat.acceptance import FORMAT, AcceptedRun
from modules.backend.services.chat.ownership import Ownership

log = get_logger(__name__)

MAX_CLAIMED = 50
KNOWN_FORMATS = (FORMAT,)
"""A run that a newer release stored is for that release."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run taken over. `attempts` counts the processes that began it, but for those that handed
    it over."""

    run: AcceptedRun
    attempts: int
    is_cancelled: bool
    """Somebody asked to stop it: it only has to end."""


class Owner(Protocol):
    """What holds the runs of this process."""

    def holds(self, run_id: uuid.UUID) -> bool: ...

    def stop_here(self, run_id: uuid.UUID) -> bool: ...

    def take_over(self, claim: Claim) -> None: ...

    def abandon(self) -> None: ...


class Claims:
    def __init__(
        self,
        *,
        database: Database,
        ownership: Ownership,
        owner: Owner,
        clock: Clock,
        new_id: NewId,
        patience: float,
    ) -> None:
        """`patience` is how many seconds a run must have lain before it is taken."""
        self._database = database
        self._ownership = ownership
        self._owner = owner
        self._clock = clock
        self._new_id = new_id
        self._patience = patience
        self._lying: dict[uuid.UUID, float] = {}
        self._strays: set[uuid.UUID] = set()

    async def take_orphans(self) -> None:
        """Takes runs of processes that died, or handed them over. Raises Unavailable."""
        async with self._database.read() as session:
            found = await runs.orphans(session, KNOWN_FORMATS, MAX_CLAIMED)
        now = self._clock.monotonic()
        self._lying = {run_id: self._lying.get(run_id, now) for run_id in found}
        due = [run_id for run_id, since in self._lying.items() if now - since >= self._patience]
        if due:
            await self._take(due)

    async def take_strays(self, owned: Collection[uuid.UUID]) -> None:
        """Takes runs that this process owns and does not make. Raises Unavailable.

        Such a run was stored by a transaction whose outcome the process never learned. One that
        was stored a moment ago has not begun yet, so it must be seen twice.
        """
        strays = {run_id for run_id in owned if not self._owner.holds(run_id)}
        again, self._strays = strays & self._strays, strays
        if again:
            await self._take(again)

    async def _take(self, ids: Collection[uuid.UUID]) -> None:
        owner_id = self._ownership.id
        async with self._database.transaction() as session:
            found = await runs.lock_claimable(session, ids, owner_id)
            dead = await processes.dead(session, {run.owner_id for run in found})
            claims = [self._claim_of(run, run.owner_id in dead | {owner_id}) for run in found]
            for claim, run in zip(claims, found, strict=True):
                await proposals.void_drafts(session, run.id)
                await runs.claim(
                    session,
                    run,
                    owner_id=owner_id,
                    answer_id=claim.run.answer_id,
                    attempts=claim.attempts,
                )
        for claim in claims:
            log.warning("run.taken_over", run_id=str(claim.run.run_id), fence=claim.run.fence)
            self._owner.take_over(claim)

    def _claim_of(self, run: Run, was_lost: bool) -> Claim:
        taken = AcceptedRun(
            run_id=run.id,
            thread_id=run.conversation_id,
            person_id=run.person_id,
            question_id=run.question_id,
            answer_id=str(self._new_id()),
            fence=run.fence + 1,
            is_new=False,
        )
        return Claim(taken, run.attempts + was_lost, run.cancel_requested_at is not None)
