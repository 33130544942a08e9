"""The lease of a process: proof that whoever owns runs is alive.

One row for each process, judged by the database's clock. Whoever renews its lease also claims the
runs of processes whose lease has run out, and stops runs of its own that somebody asked to stop
while Redis could not say so.
"""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.config import AppSettings
from modules.backend.core.database import Database, Session
from modules.backend.core.errors import Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.models import Run
from modules.backend.repositories import processes, runs
from modules.backend.services.chat.acceptance import FORMAT, AcceptedRun
from modules.backend.services.chat.bells import Bells, process_bell
from modules.backend.services.chat.ownership import Ownership

log = get_logger(__name__)

LEASE = timedelta(seconds=6)
RENEW_SECONDS = 2.0
LOST_SECONDS = 5.0
"""How long after its last good renewal an owner stops by itself: before others may claim."""
FORGET_AFTER = timedelta(days=1)
MAX_CLAIMED = 50
KNOWN_FORMATS = (FORMAT,)


@dataclass(frozen=True, slots=True)
class Claim:
    """A run taken from a dead process. `attempts` counts this one."""

    run: AcceptedRun
    attempts: int
    is_cancelled: bool
    """Somebody asked to stop it: it only has to end."""


class Owner(Protocol):
    """What holds the runs of this process."""

    def stop_here(self, run_id: uuid.UUID) -> bool: ...

    def take_over(self, claim: Claim) -> None: ...

    def abandon(self) -> None: ...


class Lease:
    def __init__(
        self,
        *,
        database: Database,
        bells: Bells,
        ownership: Ownership,
        owner: Owner,
        settings: AppSettings,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._database = database
        self._bells = bells
        self._ownership = ownership
        self._owner = owner
        self._settings = settings
        self._clock = clock
        self._new_id = new_id
        self._held_since: float | None = None
        """Since when contact with PostgreSQL is unbroken."""
        self._renewed_at = 0.0

    async def serve(self) -> None:
        """Keeps a lease until cancelled, a new one when one was lost."""
        while True:
            channel = process_bell(self._ownership.id)
            async with self._bells.listening(channel, self._stop_rung):
                await self._keep(self._ownership.id)

    async def release(self) -> None:
        """Gives the lease up, so that others can go on with its runs at once."""
        self._ownership.release()
        try:
            async with self._database.transaction() as session:
                await processes.release(session, self._ownership.id)
        except Unavailable:
            log.warning("lease.not_released")

    async def _keep(self, process_id: uuid.UUID) -> None:
        while self._ownership.id == process_id:
            try:
                await self._beat()
            except Unavailable:
                log.warning("lease.not_renewed")
                self._held_since = None
                self._lose_if_late()
            await asyncio.sleep(RENEW_SECONDS)

    async def _beat(self) -> None:
        if not await self._renew():
            self._lose()
            return
        async with self._database.read() as session:
            to_stop = await runs.to_cancel(session, self._ownership.id)
        for run_id in to_stop:
            self._owner.stop_here(run_id)
        if self._may_claim():
            await self._claim()

    async def _renew(self) -> bool:
        """Takes or prolongs the lease. False if it had run out."""
        began = self._clock.monotonic()
        async with self._database.transaction() as session:
            if self._ownership.is_held:
                kept = await processes.renew(session, self._ownership.id, LEASE)
            else:
                await self._register(session)
                kept = True
        if kept:
            self._ownership.hold()
            self._renewed_at = began
            self._held_since = began if self._held_since is None else self._held_since
        return kept

    async def _register(self, session: Session) -> None:
        await processes.forget_dead(session, FORGET_AFTER)
        await processes.register(
            session,
            process_id=self._ownership.id,
            kind="web",
            build=self._settings.build_id,
            lease=LEASE,
        )

    def _lose_if_late(self) -> None:
        late = self._clock.monotonic() - self._renewed_at
        if self._ownership.is_held and late > LOST_SECONDS - RENEW_SECONDS:
            self._lose()

    def _lose(self) -> None:
        log.warning("lease.lost")
        self._held_since = None
        self._ownership.lose()
        self._owner.abandon()

    def _stop_rung(self, payload: bytes) -> None:
        if payload:
            self._owner.stop_here(uuid.UUID(payload.decode()))

    def _may_claim(self) -> bool:
        """After an outage of PostgreSQL every lease looks expired: first let all renew theirs."""
        if self._held_since is None:
            return False
        return self._clock.monotonic() - self._held_since >= LEASE.total_seconds()

    async def _claim(self) -> None:
        """Takes the runs of dead processes over, each for one claimant."""
        async with self._database.transaction() as session:
            orphans = await runs.orphans(session, KNOWN_FORMATS, MAX_CLAIMED)
            claims = [self._claim_of(run) for run in orphans]
            for orphan, claim in zip(orphans, claims, strict=True):
                await runs.claim(
                    session, orphan, owner_id=self._ownership.id, answer_id=claim.run.answer_id
                )
        for claim in claims:
            log.warning("run.taken_over", run_id=str(claim.run.run_id), fence=claim.run.fence)
            self._owner.take_over(claim)

    def _claim_of(self, run: Run) -> Claim:
        taken = AcceptedRun(
            run_id=run.id,
            thread_id=run.conversation_id,
            person_id=run.person_id,
            question_id=run.question_id,
            answer_id=str(self._new_id()),
            fence=run.fence + 1,
            is_new=False,
        )
        return Claim(taken, run.attempts + 1, run.cancel_requested_at is not None)
