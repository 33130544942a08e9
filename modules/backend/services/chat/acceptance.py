"""Accepting a run: the question and the run in one transaction, or nothing at all."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.database import Database, Session
from modules.backend.core.errors import Conflict, InvalidInput, NotFound
from modules.backend.models import Run
from modules.backend.repositories import conversations, messages, runs
from modules.backend.services.chat.ownership import Ownership
from modules.backend.services.chat.requests import RunRequest
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


class Acceptance:
    def __init__(
        self, database: Database, ownership: Ownership, clock: Clock, new_id: NewId
    ) -> None:
        self._database = database
        self._ownership = ownership
        self._clock = clock
        self._new_id = new_id

    async def accept(self, person: Person, request: RunRequest) -> AcceptedRun:
        """Stores the question and the run, once for a run id.

        Raises Conflict (`run_id_conflict`, `message_id_conflict`, `conversation_busy`), NotFound
        for somebody else's conversation or a message that is not there, Unavailable.
        """
        owner_id = await self._ownership.owner_id()
        try:
            async with self._database.transaction() as session:
                return await self._store(session, person, request, owner_id)
        except (Conflict, NotFound) as refusal:
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
        question_id = await self._make_room(session, request, now)
        accepted = AcceptedRun(
            run_id=request.run_id,
            thread_id=request.thread_id,
            person_id=person.id,
            question_id=question_id,
            answer_id=str(self._new_id()),
            fence=1,
            is_new=True,
            has_title=conversation.title is not None,
        )
        await self._add_run(session, accepted, owner_id, request.input_hash, now)
        if request.regenerate is None:
            await self._add_question(session, request, conversation.position, now)
        return accepted

    async def _known(self, run_id: uuid.UUID) -> Run | None:
        async with self._database.read() as session:
            return await runs.get(session, run_id)

    async def _make_room(self, session: Session, request: RunRequest, now: datetime) -> str:
        """Withdraws what an edit or a new answer replaces. Returns the id of the question."""
        replaced = request.regenerate or request.edit
        if replaced is None:
            assert request.message_id is not None
            return request.message_id
        message = await messages.get(session, request.thread_id, replaced)
        role = "assistant" if request.regenerate is not None else "user"
        if message is None or message.role != role:
            raise NotFound("message_not_found", "There is no such message in this conversation.")
        await messages.withdraw_from(session, request.thread_id, message.position, now)
        if request.regenerate is None:
            assert request.message_id is not None
            return request.message_id
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
