"""Accepting a run: the question and the run in one transaction, or nothing at all."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.database import Database, Session
from modules.backend.core.errors import Conflict, InvalidInput, NotFound, TooMany
from modules.backend.models import Proposal, Run
from modules.backend.repositories import conversations, messages, runs
from modules.backend.services.audit import trail
from modules.backend.services.audit.trail import Kind
from modules.backend.services.chat.ownership import Ownership
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.chat.requests import RunRequest, no_question
from modules.backend.services.guard.runs_at_once import RunsAtOnce
from modules.backend.services.people import Person

FORMAT = 1
"""The shape of what a run stores. A process claims only runs of formats it knows."""


@dataclass(frozen=True, slots=True)
class AcceptedRun:
    """A run that will end. `is_new` is False for one that was accepted before."""

    run_id: uuid.UUID
    thread_id: uuid.UUID
    person_id: uuid.UUID
    question_id: str
    answer_id: str
    fence: int
    is_new: bool
    has_title: bool = False
    """False also where it is not known."""
    decided: tuple[Proposal, ...] = ()
    """Proposals whose decision came along, to be executed once this is stored."""


class Acceptance:
    def __init__(
        self,
        database: Database,
        ownership: Ownership,
        proposals: Proposals,
        runs_at_once: RunsAtOnce,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._database = database
        self._ownership = ownership
        self._proposals = proposals
        self._runs_at_once = runs_at_once
        self._clock = clock
        self._new_id = new_id

    async def accept(self, person: Person, request: RunRequest) -> AcceptedRun:
        """Stores the question and the run, once for a run id.

        Raises Conflict (`run_id_conflict`, `message_id_conflict`, `conversation_busy`), NotFound
        for somebody else's conversation or a message that is not there, TooMany, Unavailable, and
        what `Proposals.resume_in` raises for a word on a proposal: then no word counts.
        """
        owner_id = await self._ownership.owner_id()
        try:
            async with self._database.transaction() as session:
                return await self._store(session, person, request, owner_id)
        except (Conflict, NotFound, TooMany) as refusal:
            # Whatever stood in the way, a run that is known already is told apart from a new one.
            known = await self._known(request.run_id)
            if known is None:
                raise refusal from None
            return _again(known, person, request)

    async def _store(
        self, session: Session, person: Person, request: RunRequest, owner_id: uuid.UUID
    ) -> AcceptedRun:
        now = self._clock.now()
        conversation = await conversations.take_position(session, request.thread_id, person.id, now)
        if conversation is None:
            raise NotFound("conversation_not_found", "There is no such conversation of yours.")
        question_id, asks = await self._question(session, request, now)
        decided = await self._proposals.resume_in(
            session,
            person.id,
            {word.proposal_id: word.confirm for word in request.resume},
            run_id=request.run_id,
            conversation_id=request.thread_id,
        )
        accepted = AcceptedRun(
            run_id=request.run_id,
            thread_id=request.thread_id,
            person_id=person.id,
            question_id=question_id,
            answer_id=str(self._new_id()),
            fence=1,
            is_new=True,
            has_title=conversation.title is not None,
            decided=tuple(decided),
        )
        await self._add_run(session, accepted, owner_id, request.input_hash, now)
        await self._runs_at_once.check(session, person.id)
        await trail.record(
            session,
            now,
            Kind.RUN_ACCEPTED,
            actor=person.id,
            conversation=accepted.thread_id,
            run=accepted.run_id,
            inputHash=request.input_hash,
        )
        if asks:
            await self._add_question(session, request, conversation.position, now)
        return accepted

    async def _known(self, run_id: uuid.UUID) -> Run | None:
        async with self._database.read() as session:
            return await runs.get(session, run_id)

    async def _question(
        self, session: Session, request: RunRequest, now: datetime
    ) -> tuple[str, bool]:
        """The message up to which the model is shown the conversation, and whether it is new.

        A word on proposals goes on from where the conversation stands.
        """
        if request.resume and request.regenerate is None and request.edit is None:
            asked = request.message_id
            known = asked is None or await messages.get(session, request.thread_id, asked)
            last = await messages.last(session, request.thread_id)
            if known and last is not None:
                return last.id, False
        return await self._make_room(session, request, now), request.regenerate is None

    async def _make_room(self, session: Session, request: RunRequest, now: datetime) -> str:
        """Withdraws what an edit or a new answer replaces. Returns the id of the question."""
        replaced = request.regenerate or request.edit
        if replaced is None:
            return _asked(request)
        message = await messages.get(session, request.thread_id, replaced)
        role = "assistant" if request.regenerate is not None else "user"
        if message is None or message.role != role:
            raise NotFound("message_not_found", "There is no such message in this conversation.")
        await messages.withdraw_from(session, request.thread_id, message.position, now)
        if request.regenerate is None:
            return _asked(request)
        question = await messages.question_before(session, request.thread_id, message.position)
        if question is None:
            raise InvalidInput("invalid_input", "There is no question before this answer.")
        return question.id

    async def _add_run(
        self,
        session: Session,
        accepted: AcceptedRun,
        owner_id: uuid.UUID,
        input_hash: str,
        now: datetime,
    ) -> None:
        added = await runs.add(
            session,
            id=accepted.run_id,
            conversation_id=accepted.thread_id,
            person_id=accepted.person_id,
            input_hash=input_hash,
            question_id=accepted.question_id,
            answer_id=accepted.answer_id,
            format=FORMAT,
            status="running",
            owner_id=owner_id,
            fence=accepted.fence,
            attempts=1,
            created_at=now,
        )
        if not added:
            raise Conflict(
                "conversation_busy",
                "An answer is still being written here. Wait for it, or stop it first.",
            )

    @staticmethod
    async def _add_question(
        session: Session, request: RunRequest, position: int, now: datetime
    ) -> None:
        added = await messages.add(
            session,
            conversation_id=request.thread_id,
            id=request.message_id,
            position=position,
            role="user",
            content=request.text,
            status="complete",
            run_id=request.run_id,
            created_at=now,
        )
        if not added:
            raise Conflict(
                "message_id_conflict",
                "A message with this id is in the conversation already. Send it under a new one.",
            )


def _asked(request: RunRequest) -> str:
    """The id of the message. A word on proposals may come without one, but not to begin with."""
    if request.message_id is None:
        raise no_question()
    return request.message_id


def _again(run: Run, person: Person, request: RunRequest) -> AcceptedRun:
    """A run id that comes a second time."""
    same = (run.person_id, run.conversation_id, run.input_hash) == (
        person.id,
        request.thread_id,
        request.input_hash,
    )
    if not same:
        raise Conflict(
            "run_id_conflict", "This run id was used for something else. Send it under a new one."
        )
    return AcceptedRun(
        run_id=run.id,
        thread_id=run.conversation_id,
        person_id=run.person_id,
        question_id=run.question_id,
        answer_id=run.answer_id,
        fence=run.fence,
        is_new=False,
    )
