"""Executing what a person confirmed: at most once, and the truth told about what became of it.

A change is `sending`, committed, before its first byte leaves; `sent_at` says that one may have.
Whoever finds it so past its time knows that its sender died. With `sent_at` nobody knows whether it
arrived: it is `unknown`, and SailPoint is asked. Without it nothing can have arrived, and it goes
back to `confirmed`. A sender notes `sent_at` in one step that fails if it was taken for dead, so
one that was only slow sends nothing after somebody else has taken over.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.observability import get_logger
from modules.backend.models import Proposal
from modules.backend.repositories import proposals, sendings
from modules.backend.services.actions import standing
from modules.backend.services.actions.action import (
    Absent,
    Action,
    Actor,
    Actors,
    Done,
    NotSent,
    OutcomeUnknown,
    Refused,
)
from modules.backend.services.actions.standing import Values
from modules.backend.services.audit import trail
from modules.backend.services.chat.bells import Bells, person_bell
from modules.backend.services.chat.notices import proposal_changed
from modules.backend.services.chat.proposals import FORMAT, hash_of
from modules.backend.services.following import Presence

log = get_logger(__name__)

SENDING_FOR = timedelta(seconds=60)
"""After so long in one of its two halves, checking and sending, a sender is taken for dead."""
HALF_SECONDS = 45.0
"""What a sender allows itself for each half: it has given up before it is taken for dead."""
BATCH = 40
NOT_ITS_TURN = {"words": "It waits behind an earlier change of yours."}
AT_ONCE = 10

T = TypeVar("T")


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Executor:
    database: Database
    actions: Mapping[str, Action]
    actors: Actors
    bells: Bells
    clock: Clock
    presence: Presence | None = None
    """Told whose changes to follow."""
    may_send: Callable[[], bool] = _always
    """Whether this process may act outside. One that slept past its lease must not: what it took
    before it slept is sent by another."""
    half_seconds: float = HALF_SECONDS

    async def execute(self, proposal_id: UUID) -> None:
        """Does what is to be done with the proposal now, then sends what its person wants next.

        Done twice, or by two at once, it does no more. Raises Unavailable if PostgreSQL is away.
        """
        next_id: UUID | None = proposal_id
        while next_id is not None:
            next_id = await self._advance(next_id)

    async def execute_due(self) -> int:
        """Looks at everything that is due; returns how many. Raises Unavailable."""
        async with self.database.read() as session:
            ids = await proposals.due(session, self.clock.now(), BATCH)
        for start in range(0, len(ids), AT_ONCE):
            batch = ids[start : start + AT_ONCE]
            await asyncio.gather(*(self.execute(proposal_id) for proposal_id in batch))
        return len(ids)

    async def tell_expired(self, expired: Iterable[Proposal]) -> None:
        """Tells the pages of those whose proposals nobody decided in time."""
        for proposal in expired:
            await self._tell(proposal)

    async def _advance(self, proposal_id: UUID) -> UUID | None:
        """One step. Returns the proposal of the same person that can be sent after it."""
        async with self.database.read() as session:
            proposal = await proposals.get(session, proposal_id)
        if proposal is None or proposal.format != FORMAT or proposal.kind not in self.actions:
            return None  # what a newer release stored is for that release
        match proposal.status:
            case "confirmed":
                return await self._send(proposal)
            case "sending" if _is_due(proposal, self.clock.now()):
                return await self._bury(proposal)
            case "unknown" if _is_due(proposal, self.clock.now()):
                return await self._settle(proposal)
        return None

    async def _send(self, proposal: Proposal) -> UUID | None:
        now = self.clock.now()
        async with self.database.transaction() as session:
            taken = await proposals.take(session, proposal.id, now + SENDING_FOR)
            if taken is None:
                await proposals.postpone(session, proposal.id, now + standing.AGAIN, NOT_ITS_TURN)
                return None
            await trail.changed(session, now, taken)
        await self._tell(taken)
        values = await self._outcome_of_sending(taken)
        async with self.database.transaction() as session:
            left = await proposals.leave_sending(session, taken.id, taken.attempts, **values)
            if left is not None:
                await trail.changed(session, self.clock.now(), left)
        if left is None:
            # We were slow and somebody took us for dead: what SailPoint shows decides now.
            log.warning("proposal.sender_was_late", proposal_id=str(taken.id))
            return None
        await self._tell(left)
        return await self._following(left)

    async def _following(self, left: Proposal) -> UUID | None:
        """What the person wants next, unless this one waits in front of it."""
        if left.status == "confirmed":
            return None
        async with self.database.read() as session:
            return await proposals.next_of(session, left.person_id)

    async def _outcome_of_sending(self, proposal: Proposal) -> Values:
        """Checks and sends. Returns the values that the proposal has after it."""
        now = self.clock.now
        try:
            _require_unaltered(proposal)
            if proposal.sent_at is not None and (seen := await self._seen(proposal)) is not None:
                return standing.done(seen, now())
            actor = await self._within_half(proposal, self._check(proposal))
            await self._begin(proposal)
            done = await self._sent(actor, proposal)
        except Refused as refusal:
            return standing.refused(refusal, now())
        except NotSent as failure:
            return standing.not_sent(proposal, failure, now())
        except OutcomeUnknown:
            return standing.unknown(now())
        return standing.done(done, now())

    async def _seen(self, proposal: Proposal) -> Done | None:
        """Whether what was sent before is there by now. Raises Refused, NotSent."""
        found = await self._within_half(proposal, self._look(proposal))
        return found if isinstance(found, Done) else None

    async def _begin(self, proposal: Proposal) -> None:
        """Notes that it may arrive from now on. Raises NotSent if that is not ours to do."""
        now = self.clock.now()
        async with self.database.transaction() as session:
            begun = await sendings.begin(
                session, proposal.id, proposal.attempts, now, now + SENDING_FOR
            )
        if begun is None:
            raise NotSent

    async def _check(self, proposal: Proposal) -> Actor:
        """Who sends it, by rights read just now."""
        actor = await self.actors.of(proposal.person_id, is_fresh=True)
        await self.actions[proposal.kind].check(actor, proposal.arguments)
        return actor

    async def _look(self, proposal: Proposal) -> Done | Absent:
        actor = await self.actors.of(proposal.person_id)
        return await self.actions[proposal.kind].look(actor, proposal.arguments, proposal.id)

    async def _within_half(self, proposal: Proposal, reading: Coroutine[Any, Any, T]) -> T:
        """Reads without sending anything. Raises Refused, NotSent."""
        try:
            async with asyncio.timeout(self.half_seconds):
                return await reading
        except (Refused, NotSent):
            raise
        except TimeoutError:
            log.warning("proposal.reading_timed_out", proposal_id=str(proposal.id))
            raise NotSent from None
        except Exception as error:  # a fault of ours, but nothing is sent by reading
            log.exception("proposal.reading_broke", proposal_id=str(proposal.id))
            raise NotSent from error

    async def _sent(self, actor: Actor, proposal: Proposal) -> Done:
        """Raises Refused, NotSent, OutcomeUnknown."""
        if not self.may_send():
            raise NotSent
        action = self.actions[proposal.kind]
        try:
            async with asyncio.timeout(self.half_seconds):
                return await action.send(actor, proposal.arguments, proposal.id)
        except (Refused, NotSent, OutcomeUnknown):
            raise
        except TimeoutError as error:
            log.warning("proposal.sending_timed_out", proposal_id=str(proposal.id))
            raise OutcomeUnknown from error
        except Exception as error:  # a fault of ours after the first byte, perhaps
            log.exception("proposal.sending_broke", proposal_id=str(proposal.id))
            raise OutcomeUnknown from error

    async def _bury(self, proposal: Proposal) -> UUID | None:
        """The sender died. Where it had not begun to send, somebody else begins."""
        now = self.clock.now()
        values = standing.again(now) if proposal.sent_at is None else standing.unknown(now)
        async with self.database.transaction() as session:
            left = await sendings.bury(
                session, proposal.id, proposal.attempts, proposal.sent_at, **values
            )
            if left is not None:
                await trail.changed(session, now, left)
        if left is None:
            return None
        log.warning("proposal.sender_died", proposal_id=str(proposal.id), status=left.status)
        await self._tell(left)
        return await (self._send(left) if left.status == "confirmed" else self._settle(left))

    async def _settle(self, proposal: Proposal) -> UUID | None:
        """Asks SailPoint what became of a change whose outcome was not told."""
        assert proposal.look_at is not None
        values = await self._evidence(proposal)
        async with self.database.transaction() as session:
            left = await proposals.settle(session, proposal.id, proposal.look_at, **values)
            if left is not None and left.status != proposal.status:
                await trail.changed(session, self.clock.now(), left)
        if left is None:
            return None
        await self._tell(left)
        return await (self._send(left) if left.status == "confirmed" else self._following(left))

    async def _evidence(self, proposal: Proposal) -> Values:
        """What SailPoint shows, as the values that the proposal has after it."""
        now = self.clock.now
        try:
            found = await self._within_half(proposal, self._look(proposal))
        except Refused as refusal:
            return standing.refused(refusal, now())
        except NotSent:
            # The watch must go on whatever one look brought.
            return standing.watched(proposal, now(), proposal.outcome)
        if isinstance(found, Done):
            return standing.done(found, now())
        return standing.absent(proposal, found, now())

    async def _tell(self, proposal: Proposal) -> None:
        """Tells the person's open pages."""
        log.info("proposal.changed", proposal_id=str(proposal.id), status=proposal.status)
        await self.bells.ring(
            person_bell(proposal.person_id), proposal_changed(proposal.id, proposal.status)
        )
        if self.presence is not None and proposal.status == "done":
            await self.presence.note(proposal.person_id)


def _require_unaltered(proposal: Proposal) -> None:
    if hash_of(proposal.arguments) != proposal.arguments_hash:
        raise Refused("proposal_altered", "What was stored is not what was shown.")


def _is_due(proposal: Proposal, now: datetime) -> bool:
    return proposal.look_at is not None and proposal.look_at <= now
