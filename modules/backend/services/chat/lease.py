"""The lease of a process: proof that whoever owns runs is alive.

One row for each process, judged by the database's clock. Whoever renews its lease also claims the
runs of processes whose lease has run out, and stops runs of its own that somebody asked to stop
while Redis could not say so.
"""

import asyncio
import uuid
from contextlib import suppress
from datetime import timedelta

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database, Session
from modules.backend.core.errors import Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.core.settings import AppSettings
from modules.backend.repositories import processes, runs
from modules.backend.services.chat.bells import HANDED_OVER, Bells, process_bell
from modules.backend.services.chat.claims import Claims, Owner
from modules.backend.services.chat.ownership import LOST_SECONDS, Ownership

log = get_logger(__name__)

LEASE = timedelta(seconds=6)
RENEW_SECONDS = 2.0
RELEASE_SECONDS = 3.0
FORGET_AFTER = timedelta(days=1)


class Lease:
    def __init__(
        self,
        *,
        kind: str,
        database: Database,
        bells: Bells,
        ownership: Ownership,
        owner: Owner,
        claims: Claims,
        settings: AppSettings,
        clock: Clock,
    ) -> None:
        """`kind` is what the process is: web or worker."""
        self._kind = kind
        self._database = database
        self._bells = bells
        self._ownership = ownership
        self._owner = owner
        self._claims = claims
        self._settings = settings
        self._clock = clock
        self._held_since: float | None = None
        """Since when contact with PostgreSQL is unbroken."""
        self._watch: asyncio.TimerHandle | None = None
        self._woken = asyncio.Event()
        self._claims_nothing = False
        self._is_released = False

    async def serve(self) -> None:
        """Keeps a lease until cancelled, a new one when one was lost."""
        try:
            async with self._bells.listening(HANDED_OVER, lambda _: self._woken.set()):
                while not self._is_released:
                    channel = process_bell(self._ownership.id)
                    async with self._bells.listening(channel, self._stop_rung):
                        await self._keep(self._ownership.id)
        finally:
            self._stop_watching()

    def claim_nothing(self) -> None:
        """Leaves the runs of others to others: this process is about to end."""
        self._claims_nothing = True

    async def release(self) -> None:
        """Gives the lease up for good, so that others go on with its runs at once."""
        self._is_released = True
        self._woken.set()
        self._stop_watching()
        self._ownership.release()
        try:
            async with asyncio.timeout(RELEASE_SECONDS), self._database.transaction() as session:
                await processes.release(session, self._ownership.id)
        except (Unavailable, TimeoutError):
            log.warning("lease.not_released")
            return
        await self._bells.ring(HANDED_OVER)

    async def _keep(self, process_id: uuid.UUID) -> None:
        while self._ownership.id == process_id and not self._is_released:
            self._woken.clear()
            try:
                await self._beat()
            except Unavailable:
                log.warning("lease.not_renewed")
                self._held_since = None
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_SECONDS):
                    await self._woken.wait()

    async def _beat(self) -> None:
        if not await self._renew():
            self._lose()
            return
        async with self._database.read() as session:
            owned = await runs.owned(session, self._ownership.id)
        for run_id, to_stop in owned.items():
            if to_stop:
                self._owner.stop_here(run_id)
        if not self._claims_nothing and self._may_claim():
            await self._claims.take_strays(owned)
            await self._claims.take_orphans()

    async def _renew(self) -> bool:
        """Takes or prolongs the lease. False if it had run out."""
        began, process_id = self._clock.monotonic(), self._ownership.id
        async with self._database.transaction() as session:
            if self._ownership.is_held:
                kept = await processes.renew(session, process_id, LEASE)
            else:
                await self._register(session)
                kept = True
        if self._is_released or self._ownership.id != process_id:
            return True  # given up meanwhile
        if kept:
            self._ownership.hold(began)
            self._watch_from(began)
            self._held_since = began if self._held_since is None else self._held_since
        return kept

    async def _register(self, session: Session) -> None:
        await processes.forget_dead(session, FORGET_AFTER)
        await processes.register(
            session,
            process_id=self._ownership.id,
            kind=self._kind,
            build=self._settings.build_id,
            lease=LEASE,
        )

    def _watch_from(self, began: float) -> None:
        """Stops by itself in time, whatever a renewal is waiting for then."""
        self._stop_watching()
        left = LOST_SECONDS - (self._clock.monotonic() - began)
        self._watch = asyncio.get_running_loop().call_later(max(0.0, left), self._lose)

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    def _lose(self) -> None:
        log.warning("lease.lost")
        self._stop_watching()
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
