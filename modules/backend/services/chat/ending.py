"""The end of a run: one transaction decides it, one terminal event tells it."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database, Session
from modules.backend.core.errors import AppError, Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.models import Proposal, Run
from modules.backend.repositories import conversations, messages, proposals, runs
from modules.backend.services.audit import trail
from modules.backend.services.chat.events import (
    Cursor,
    Event,
    Frame,
    Spending,
    interrupted,
    run_error,
    run_finished,
    stamp,
)
from modules.backend.services.chat.interrupts import interrupt
from modules.backend.services.chat.steps import Step
from modules.backend.services.llm.cost_tracker import Account, CostTracker
from modules.backend.services.llm.settlement import UNKNOWN_COST, run_cost, run_usage

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
    steps: list[Step]
    error: AppError | None
    account: Account | None
    """What it called. None leaves the ledger as it is: the nightly proof will settle it."""


class Fenced(Exception):
    """The run is not this owner's any more: somebody else ends it."""


class Ending:
    def __init__(self, database: Database, costs: CostTracker, clock: Clock) -> None:
        self._database = database
        self._costs = costs
        self._clock = clock

    async def store(self, end: End) -> Frame:
        """Stores the answer, the ledger and the terminal event; returns that event.

        A commit whose outcome is unclear is found out by trying again: the run's row says whether
        it happened. While PostgreSQL is away it tries for as long as the run is owned: losing the
        lease cancels this. Raises Fenced; what was called is settled all the same.
        """
        while True:
            try:
                async with self._database.transaction() as session:
                    frame = await self._store(session, end)
            except Unavailable:
                log.warning("run.end_not_stored", run_id=str(end.run_id))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                if frame is None:
                    raise Fenced
                return frame

    async def _store(self, session: Session, end: End) -> Frame | None:
        run = await runs.lock_active(session, end.run_id, end.fence)
        if run is not None:
            return await self.store_in(session, run, end)
        frame = await self._stored_before(session, end)
        if frame is None and end.account is not None:
            await self._costs.settle(session, end.account)
        return frame

    async def store_in(self, session: Session, run: Run, end: End) -> Frame:
        """The writes of an end, for a run that the transaction has locked."""
        now = self._clock.now()
        status = _status(run, end)
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
            steps=[step.stored() for step in end.steps] or None,
            status=_MESSAGE_STATUS[status],
            error=end.error.body() if status == "failed" and end.error is not None else None,
            run_id=run.id,
            created_at=now,
        )
        shown = await self._settle_drafts(session, run.id, end.fence, status)
        await trail.ended(session, now, run, status, [step.stored() for step in end.steps])
        await trail.shown(session, now, shown)
        # Last but for the run itself: from here on everybody's calls wait for one row.
        spending = await self._settle(session, end)
        event = _terminal(run, _outcome(status, shown), end.error, spending)
        terminal = stamp(event, run.id, Cursor(end.fence, end.last.seq + 1))
        await runs.close(
            session, run.id, status=status, terminal=orjson.loads(terminal.data), now=now
        )
        return terminal

    @staticmethod
    async def _settle_drafts(
        session: Session, run_id: uuid.UUID, generation: int, status: str
    ) -> Sequence[Proposal]:
        """Shows the person what a run that ended well proposes, and drops the rest."""
        shown: Sequence[Proposal] = ()
        if status == "finished":
            shown = await proposals.publish(session, run_id, generation)
        await proposals.void_drafts(session, run_id)
        return shown

    async def _settle(self, session: Session, end: End) -> Spending:
        if end.account is None:
            return Spending([], UNKNOWN_COST)
        calls = await self._costs.settle_run(session, end.account)
        return Spending(run_usage(calls), run_cost(calls))

    @staticmethod
    async def _stored_before(session: Session, end: End) -> Frame | None:
        run = await runs.get(session, end.run_id)
        if run is None or run.terminal is None or run.fence != end.fence:
            return None
        return terminal_frame(run.terminal)


_MESSAGE_STATUS = {"finished": "complete", "cancelled": "stopped", "failed": "failed"}


def _status(run: Run, end: End) -> str:
    """A request to cancel that came before the end is what happens, whatever else did."""
    if run.cancel_requested_at is not None:
        return "cancelled"
    return "finished" if end.error is None else "failed"


def _outcome(status: str, shown: Sequence[Proposal]) -> Event | None:
    """How a run ended, None if it failed."""
    if status == "failed":
        return None
    if shown:
        return interrupted([interrupt(proposal) for proposal in shown])
    return {"type": "cancelled" if status == "cancelled" else "success"}


def _terminal(run: Run, outcome: Event | None, error: AppError | None, spending: Spending) -> Event:
    if outcome is None and error is not None:
        return run_error(error, spending)
    return run_finished(run.conversation_id, run.id, outcome or {"type": "success"}, spending)


def terminal_frame(stored: Event) -> Frame:
    """The terminal event as the ending transaction stored it."""
    place = stored["metadata"]
    return Frame(Cursor(place["gen"], place["seq"]), orjson.dumps(stored))
