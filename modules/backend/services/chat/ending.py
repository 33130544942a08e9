"""The end of a run: one transaction decides it, one terminal event tells it."""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

import orjson

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.database import Database, Session
from modules.backend.core.errors import AppError, Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.models import Run
from modules.backend.repositories import conversations, messages, model_calls, runs
from modules.backend.services.chat.events import (
    Cursor,
    Event,
    Frame,
    run_error,
    run_finished,
    stamp,
)
from modules.backend.services.llm.cost_tracker import TrackedCall

log = get_logger(__name__)

RETRY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class End:
    """How a run came out. `error` is None when it went well."""

    run_id: uuid.UUID
    fence: int
    last: Cursor
    """The place of the last event before the terminal one."""
    text: str
    error: AppError | None
    calls: list[TrackedCall]


class Fenced(Exception):
    """The run is not this owner's any more: somebody else ends it."""


class Ending:
    def __init__(self, database: Database, clock: Clock, new_id: NewId) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id

    async def store(self, end: End) -> Frame:
        """Stores the answer, the ledger and the terminal event; returns that event.

        A commit whose outcome is unclear is found out by trying again: the run's row says whether
        it happened. While PostgreSQL is away it tries for as long as the run is owned: losing the
        lease cancels this. Raises Fenced.
        """
        while True:
            try:
                async with self._database.transaction() as session:
                    return await self._store(session, end)
            except Unavailable:
                log.warning("run.end_not_stored", run_id=str(end.run_id))
                await asyncio.sleep(RETRY_SECONDS)

    async def _store(self, session: Session, end: End) -> Frame:
        run = await runs.lock_active(session, end.run_id, end.fence)
        if run is None:
            return await self._stored_before(session, end)
        return await self.store_in(session, run, end)

    async def store_in(self, session: Session, run: Run, end: End) -> Frame:
        """The writes of an end, for a run that the transaction has locked."""
        now = self._clock.now()
        status = _status(run, end)
        usage = [call.token_usage() for call in end.calls]
        terminal = stamp(
            _terminal(run, status, end.error, usage), run.id, Cursor(end.fence, end.last.seq + 1)
        )
        await runs.close(
            session, run.id, status=status, terminal=orjson.loads(terminal.data), now=now
        )
        conversation = await conversations.take_position(
            session, run.conversation_id, run.person_id, now
        )
        assert conversation is not None  # it cannot go while its run is locked
        await messages.add(
            session,
            conversation_id=run.conversation_id,
            id=run.answer_id,
            position=conversation.position,
            role="assistant",
            content=end.text,
            status=_MESSAGE_STATUS[status],
            error=end.error.body() if status == "failed" and end.error is not None else None,
            run_id=run.id,
            created_at=now,
        )
        await model_calls.add(session, [self._ledger_row(run, end, call) for call in end.calls])
        return terminal

    def _ledger_row(self, run: Run, end: End, call: TrackedCall) -> dict[str, Any]:
        return call.row(
            new_id=self._new_id(),
            run_id=run.id,
            person_id=run.person_id,
            generation=end.fence,
        )

    @staticmethod
    async def _stored_before(session: Session, end: End) -> Frame:
        run = await runs.get(session, end.run_id)
        if run is None or run.terminal is None or run.fence != end.fence:
            raise Fenced
        return terminal_frame(run.terminal)


_MESSAGE_STATUS = {"finished": "complete", "cancelled": "stopped", "failed": "failed"}


def _status(run: Run, end: End) -> str:
    """A request to cancel that came before the end is what happens, whatever else did."""
    if run.cancel_requested_at is not None:
        return "cancelled"
    return "finished" if end.error is None else "failed"


def _terminal(run: Run, status: str, error: AppError | None, usage: list[Event]) -> Event:
    if status == "failed" and error is not None:
        return run_error(error, usage)
    outcome = "cancelled" if status == "cancelled" else "success"
    return run_finished(run.conversation_id, run.id, outcome, usage)


def terminal_frame(stored: Event) -> Frame:
    """The terminal event as the ending transaction stored it."""
    place = stored["metadata"]
    return Frame(Cursor(place["gen"], place["seq"]), orjson.dumps(stored))
