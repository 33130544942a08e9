"""Following what goes on at SailPoint for people who are here, and telling their open pages.

The worker looks at a few people at a time, behind all who wait for an answer, and ever more seldom
while nothing changes. What was seen last stands in PostgreSQL, so a worker that dies tells late,
not wrongly.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.errors import Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.models import Watch
from modules.backend.repositories import watches
from modules.backend.schemas.access import RequestsOut
from modules.backend.schemas.approvals import ApprovalsOut
from modules.backend.services.actions.action import Actor, Actors, NotSent, Refused
from modules.backend.services.actions.outcomes import translated
from modules.backend.services.chat.bells import Bells, person_bell
from modules.backend.services.chat.notices import approvals_changed, request_changed
from modules.backend.services.requests import Requests, request_out

log = get_logger(__name__)

PRESENT_FOR = timedelta(hours=2)
"""An open page signs in anew at least every hour, so it never falls out."""
SOON = timedelta(seconds=10)
SELDOM = timedelta(minutes=5)
HELD_FOR = timedelta(minutes=1)
PEOPLE_AT_ONCE = 8
"""Of one tick. Two calls each, and one for each person they requested for lately: in all below what
background work may use of SailPoint's rate."""
MAX_REQUESTS = 50
MAX_FOR_OTHERS = 5
MAX_APPROVALS = 250
MAX_NOTICES = 20

Seen = dict[str, Any]


class Presence:
    """Who is here, and what they have seen. A store that is away costs a notice, no answer."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def note(self, person_id: UUID) -> None:
        """The person opened a page, or changed something: they are watched from now on."""
        now = self._clock.now()
        try:
            async with self._database.transaction() as session:
                await watches.present(
                    session, person_id, until=now + PRESENT_FOR, look_at=now + SOON
                )
        except Unavailable:
            log.warning("presence.not_noted", person_id=str(person_id))

    async def saw_requests(self, person_id: UUID, shown: RequestsOut) -> None:
        """They were shown these just now."""
        rows = shown.items[:MAX_REQUESTS]
        await self._saw(person_id, requests={r.id: [r.state, r.stage] for r in rows})

    async def saw_approvals(self, person_id: UUID, shown: ApprovalsOut) -> None:
        """They were shown these just now."""
        await self._saw(person_id, approvals={a.id: a.in_progress for a in shown.items})

    async def _saw(self, person_id: UUID, **seen: Seen) -> None:
        await self.note(person_id)
        try:
            async with self._database.transaction() as session:
                await watches.saw(session, person_id, **seen)
        except Unavailable:
            log.warning("presence.not_noted", person_id=str(person_id))


@dataclass(frozen=True, slots=True)
class Following:
    client: SailPointClient
    requests: Requests
    actors: Actors
    database: Database
    bells: Bells
    clock: Clock

    async def look(self) -> int:
        """Looks for a few people who are due; returns how many. Raises Unavailable."""
        now = self.clock.now()
        async with self.database.transaction() as session:
            await watches.forget(session, now - PRESENT_FOR)
            due = await watches.take(session, now, now + HELD_FOR, PEOPLE_AT_ONCE)
        await asyncio.gather(*(self._look_for(watch) for watch in due))
        return len(due)

    async def _look_for(self, watch: Watch) -> None:
        try:
            actor = replace(await self.actors.of(watch.person_id), is_waited_for=False)
            with translated():
                requests = await self._requests(actor)
                approvals = await self._approvals(actor)
        except (Refused, NotSent) as failure:
            # Nobody there, or SailPoint away, or not connected: whatever passes, passes.
            log.info("following.not_possible", reason=type(failure).__name__)
            await self._later(watch, looks=watch.looks + 1)
            return
        told = [request_changed(id) for id in _changed(watch.requests, requests)]
        if watch.approvals is not None and watch.approvals != approvals:
            told.append(approvals_changed())
        for notice in told[:MAX_NOTICES]:
            await self.bells.ring(person_bell(watch.person_id), notice)
        if told:
            log.info("following.told", person_id=str(watch.person_id), notices=len(told))
        looks = 0 if told else watch.looks + 1
        await self._later(watch, looks=looks, requests=requests, approvals=approvals)

    async def _requests(self, actor: Actor) -> Seen:
        """The latest requests of the person, each with how far it is."""
        rows: Seen = {}
        found = await self.requests.rows(actor, MAX_REQUESTS, for_others=MAX_FOR_OTHERS)
        for row in found:
            shown = request_out(row, actor)
            rows.setdefault(shown.id, [shown.state, shown.stage])
        return rows

    async def _approvals(self, actor: Actor) -> Seen:
        """What waits for the person, and whether it is decided already."""
        rows: Seen = {}
        client = self.client.acting(actor.caller)
        async for row in client.approvals.pending(owner_id=actor.identity_id):
            rows[row.id] = row.action_in_process is not None
            if len(rows) >= MAX_APPROVALS:
                break
        return rows

    async def _later(self, watch: Watch, *, looks: int, **seen: Seen) -> None:
        look_at = self.clock.now() + wait_after(looks)
        async with self.database.transaction() as session:
            await watches.looked(
                session, watch.person_id, watch.look_at, look_at, looks=looks, **seen
            )


def wait_after(looks: int) -> timedelta:
    """How long to leave somebody alone after so many looks that brought nothing new."""
    return min(SOON * (1 << min(looks, 6)), SELDOM)


def _changed(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> Sequence[str]:
    """The requests that are new or further; none if nobody has looked before."""
    if before is None:
        return []
    return [id for id, state in now.items() if before.get(id) != state]
