"""Proposals: a change is drafted, shown, and decided by the person whose it is.

The model never writes. What is stored is what a click executes, whatever comes back from the page.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.database import Database, Session
from modules.backend.core.errors import AppError, Conflict, NotFound
from modules.backend.core.observability import get_logger
from modules.backend.models import Proposal
from modules.backend.repositories import proposals, runs
from modules.backend.services.actions.action import Arguments, Draft
from modules.backend.services.audit import trail
from modules.backend.services.people import Person

log = get_logger(__name__)

FORMAT = 1
"""The shape of what a proposal stores. A process executes only formats that it knows."""
VALID_FOR = timedelta(minutes=30)
MAX_SHOWN = 200

Execute = Callable[[UUID], Awaitable[None]]
"""Begins to execute a confirmed proposal and returns at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draft was made: a run's generation."""

    person_id: UUID
    conversation_id: UUID
    run_id: UUID
    generation: int


class Proposals:
    def __init__(self, database: Database, execute: Execute, clock: Clock, new_id: NewId) -> None:
        self._database = database
        self._execute = execute
        self._clock = clock
        self._new_id = new_id

    async def draft(self, place: Place, drafts: Sequence[Draft]) -> bool:
        """Stores what a run proposes; nobody is shown it before the run ends well.

        False, with nothing stored, if the run is not this generation's any more.
        """
        async with self._database.transaction() as session:
            if await runs.lock_active(session, place.run_id, place.generation) is None:
                return False
            for draft in drafts:
                await self._add(
                    session,
                    draft,
                    status="draft",
                    person_id=place.person_id,
                    conversation_id=place.conversation_id,
                    run_id=place.run_id,
                    generation=place.generation,
                )
        return True

    async def open(self, person: Person, draft: Draft) -> Proposal:
        """Stores what a person prepared themselves, without a model: it waits for their word."""
        async with self._database.transaction() as session:
            opened = await self._add(session, draft, status="pending", person_id=person.id)
            await trail.shown(session, self._clock.now(), [opened])
        return opened

    async def get(self, person: Person, proposal_id: UUID) -> Proposal:
        """Raises NotFound if there is none of this person's."""
        async with self._database.read() as session:
            found = await proposals.get(session, proposal_id)
        if found is None or found.person_id != person.id or found.status in ("draft", "void"):
            raise _not_found()
        return found

    async def of_conversation(self, person: Person, conversation_id: UUID) -> Sequence[Proposal]:
        """The cards of a conversation, oldest first."""
        async with self._database.read() as session:
            return await proposals.of_conversation(session, person.id, conversation_id)

    async def latest(self, person: Person, limit: int = MAX_SHOWN) -> Sequence[Proposal]:
        """The person's newest, newest first."""
        async with self._database.read() as session:
            return await proposals.latest(session, person.id, limit)

    async def places(self, person: Person) -> Mapping[UUID, int]:
        """Where the person's confirmed proposals stand in their order, from 1."""
        async with self._database.read() as session:
            return await proposals.places(session, person.id)

    async def decide(self, person: Person, proposal_id: UUID, *, confirm: bool) -> Proposal:
        """The person's word. Confirmed, it is executed.

        Raises NotFound, or Conflict: `proposal_expired`, `proposal_decided`, `change_in_flight`.
        """
        async with self._database.transaction() as session:
            (decided,) = await self.decide_in(session, person.id, {proposal_id: confirm})
        await self.begin([decided])
        return decided

    async def decide_in(
        self,
        session: Session,
        person_id: UUID,
        words: Mapping[UUID, bool],
        *,
        run_id: UUID | None = None,
        conversation_id: UUID | None = None,
    ) -> list[Proposal]:
        """Decides all of them in a transaction of the caller's, or raises as `decide` does.

        run_id: the run that takes the words along
        conversation_id: where they must have been shown; None for anywhere
        """
        began = self._clock.now()
        decided = []
        for place, (proposal_id, confirm) in enumerate(words.items()):
            # What is sent in order needs moments that differ.
            now = began + place * timedelta(microseconds=1)
            values: dict[str, Any] = (
                {"status": "confirmed", "look_at": now}
                if confirm
                else {"status": "declined", "settled_at": now}
            )
            values |= {"conversation_id": conversation_id, "resumed_by": run_id}
            moved = await self._moved(session, proposal_id, person_id, now, values)
            if moved is None:
                raise await self._why_not(session, person_id, proposal_id, conversation_id)
            word = "confirm" if confirm else "decline"
            await trail.decided(session, now, moved, person_id, word)
            decided.append(moved)
        return decided

    @staticmethod
    async def _moved(
        session: Session,
        proposal_id: UUID,
        person_id: UUID,
        now: datetime,
        values: dict[str, Any],
    ) -> Proposal | None:
        try:
            return await proposals.decide(session, proposal_id, person_id, now, **values)
        except proposals.TargetTaken:
            raise Conflict(
                "change_in_flight",
                "Another change of the same thing is on its way. Wait for it to come out.",
            ) from None

    async def resume_in(
        self,
        session: Session,
        person_id: UUID,
        words: Mapping[UUID, bool],
        *,
        run_id: UUID,
        conversation_id: UUID,
    ) -> list[Proposal]:
        """Decides what a run of this conversation asked, as `decide_in` does.

        Raises Conflict (`resume_incomplete`), too, when a word on something that the same run
        asked is missing: the protocol has all interrupts of a run answered together.
        """
        decided = await self.decide_in(
            session, person_id, words, run_id=run_id, conversation_id=conversation_id
        )
        asked_by = {proposal.run_id for proposal in decided}
        if await proposals.has_open(session, asked_by, self._clock.now()):
            raise Conflict(
                "resume_incomplete",
                "That answer asks about more than this. Decide on all of it, or card by card.",
            )
        return decided

    async def send_again(self, person: Person, proposal_id: UUID) -> Proposal:
        """A new word for a change that SailPoint does not show. Raises as `decide` does."""
        found = await self.get(person, proposal_id)
        if found.status != "unknown" or not (found.outcome or {}).get("isAbsent"):
            raise _decided(found.status)
        async with self._database.transaction() as session:
            moved = await proposals.confirm_again(
                session, proposal_id, person.id, found.look_at, self._clock.now()
            )
            if moved is not None:
                now = self._clock.now()
                await trail.decided(session, now, moved, person.id, "send_again")
        if moved is None:
            raise _decided((await self.get(person, proposal_id)).status)
        await self.begin([moved])
        return moved

    async def of_run(self, run_id: UUID) -> Sequence[Proposal]:
        """Those on which the run took the person's word along."""
        async with self._database.read() as session:
            return await proposals.of_run(session, run_id)

    async def begin(self, decided: Iterable[Proposal]) -> None:
        """Has what was confirmed executed. It is found by the worker if this is lost."""
        for proposal in decided:
            log.info("proposal.decided", proposal_id=str(proposal.id), status=proposal.status)
            if proposal.status == "confirmed":
                await self._execute(proposal.id)

    async def expire(self) -> Sequence[Proposal]:
        """Marks what nobody decided in time, and returns it."""
        async with self._database.transaction() as session:
            return await proposals.expire(session, self._clock.now())

    async def _add(self, session: Session, draft: Draft, **values: object) -> Proposal:
        now = self._clock.now()
        return await proposals.add(
            session,
            id=self._new_id(),
            format=FORMAT,
            kind=draft.kind,
            arguments=dict(draft.arguments),
            arguments_hash=hash_of(draft.arguments),
            card=dict(draft.card),
            target=draft.target,
            created_at=now,
            expires_at=now + VALID_FOR,
            **values,
        )

    async def _why_not(
        self,
        session: Session,
        person_id: UUID,
        proposal_id: UUID,
        conversation_id: UUID | None,
    ) -> AppError:
        found = await proposals.get(session, proposal_id)
        if found is None or found.person_id != person_id or found.status in ("draft", "void"):
            return _not_found()
        if conversation_id not in (None, found.conversation_id):
            return _not_found()
        if found.status in ("pending", "expired"):
            return Conflict("proposal_expired", "This has expired. Ask for it again.")
        return _decided(found.status)


def hash_of(arguments: Arguments) -> str:
    """Tells whether stored arguments are still what was shown: SHA-256 of their sorted JSON."""
    return hashlib.sha256(orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _not_found() -> NotFound:
    return NotFound("proposal_not_found", "There is no such proposal of yours.")


def _decided(status: str) -> Conflict:
    return Conflict("proposal_decided", f"This was decided before: it is {status}.")
