"""Runs: accepted, generated, ended, stopped. A run belongs to no socket and to no request."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.errors import (
    AppError,
    Conflict,
    LLMError,
    NotFound,
    Unavailable,
    internal_error,
)
from modules.backend.core.observability import get_logger
from modules.backend.models import Run
from modules.backend.repositories import runs
from modules.backend.services.chat.acceptance import Acceptance, AcceptedRun
from modules.backend.services.chat.answer import Answer, Answering
from modules.backend.services.chat.bells import Bells, process_bell
from modules.backend.services.chat.ending import End, Ending, Fenced
from modules.backend.services.chat.events import Cursor, Event, Frame, run_started
from modules.backend.services.chat.lease import Claim
from modules.backend.services.chat.live import LiveRun
from modules.backend.services.chat.readers import Readers
from modules.backend.services.chat.requests import RunRequest
from modules.backend.services.chat.takeover import Takeover
from modules.backend.services.chat.writer import LogWriter
from modules.backend.services.people import Person

log = get_logger(__name__)

AfterRun = Callable[[AcceptedRun], Awaitable[None]]
FLUSH_SECONDS = 2.0
CLOSE_SECONDS = 5.0
PREPARE_AGAIN_SECONDS = 1.0
MAX_ATTEMPTS = 3
GENERATOR_LOST = Unavailable(
    "generator_lost", "The answer was interrupted several times. Try again."
)


@dataclass(frozen=True, slots=True)
class Stages:
    """What a run goes through, in order."""

    acceptance: Acceptance
    answering: Answering
    ending: Ending
    takeover: Takeover
    after_run: AfterRun


class Runs:
    def __init__(
        self,
        *,
        database: Database,
        stages: Stages,
        readers: Readers,
        writer: LogWriter,
        bells: Bells,
        live: dict[uuid.UUID, LiveRun],
        clock: Clock,
    ) -> None:
        self._database = database
        self._stages = stages
        self._readers = readers
        self._writer = writer
        self._bells = bells
        self._live = live
        self._clock = clock
        self._tasks: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._filling: set[uuid.UUID] = set()
        """Runs whose answer is being made: their task may be cancelled."""
        self._stopping: set[uuid.UUID] = set()
        """Runs that somebody asked to stop, or that are ending: they only have to end."""

    async def start(self, person: Person, request: RunRequest) -> AcceptedRun:
        """Accepts the run and begins it here; a run that was accepted before is left as it is.

        Raises what `Acceptance.accept` raises; then nothing was stored.
        """
        accepted = await self._stages.acceptance.accept(person, request)
        if accepted.is_new:
            live = LiveRun(accepted.run_id, accepted.fence, logged=Cursor(accepted.fence, 0))
            live.append(run_started(accepted.thread_id, accepted.run_id))
            self._own(live)
            self._spawn(accepted.run_id, self._generate(accepted, live))
            log.info("run.accepted", run_id=str(accepted.run_id))
        return accepted

    def take_over(self, claim: Claim) -> None:
        """Goes on, as a new generation, with a run whose process died."""
        if claim.is_cancelled:
            self._stopping.add(claim.run.run_id)
        self._spawn(claim.run.run_id, self._resume(claim))

    async def follow(
        self, person: Person, run_id: uuid.UUID, after: Cursor
    ) -> AsyncGenerator[Frame, None]:
        """The run's events after the cursor, to its end. Raises NotFound if it is not theirs."""
        await self.get(person, run_id)
        return self._readers.follow(run_id, after)

    def follow_accepted(self, accepted: AcceptedRun, after: Cursor) -> AsyncGenerator[Frame, None]:
        """The same for a run that this person has just had accepted."""
        return self._readers.follow(accepted.run_id, after)

    async def history(self, accepted: AcceptedRun) -> list[Event]:
        """The conversation up to the run's question, as the protocol's messages."""
        return await self._readers.history(accepted.thread_id, accepted.question_id)

    async def get(self, person: Person, run_id: uuid.UUID) -> Run:
        """The person's run. Raises NotFound."""
        async with self._database.read() as session:
            run = await runs.get(session, run_id)
        if run is None or run.person_id != person.id:
            raise NotFound("run_not_found", "There is no such answer of yours.")
        return run

    async def cancel(self, person: Person, run_id: uuid.UUID) -> str:
        """Stops a run wherever it is. Returns `cancelled`: that is how it will end, then.

        Raises NotFound, or Conflict `run_ended` with what really happened.
        """
        run = await self.get(person, run_id)
        async with self._database.transaction() as session:
            owner = await runs.request_cancel(session, run_id, self._clock.now())
        if owner is None:
            if run.status == "running":
                run = await self.get(person, run_id)
            raise RunEnded(run.status)
        if not self.stop_here(run_id):
            await self._bells.ring(process_bell(owner), str(run_id).encode())
        return "cancelled"

    def stop_here(self, run_id: uuid.UUID) -> bool:
        """Ends the making of an answer whose row says so. False if it is not made here."""
        task = self._tasks.get(run_id)
        if task is None:
            return False
        if run_id in self._filling and run_id not in self._stopping:
            task.cancel()
        self._stopping.add(run_id)
        return True

    def abandon(self) -> None:
        """Lets go of every run at once: others may own them by now."""
        for task in tuple(self._tasks.values()):
            task.cancel()

    async def close(self) -> None:
        """Hands over what is still being made here: logged as far as it came, not ended."""
        tasks, left = tuple(self._tasks.values()), tuple(self._live.values())
        for run_id, task in tuple(self._tasks.items()):
            if run_id not in self._stopping:
                task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
        await self._flush(*left)

    def _own(self, live: LiveRun) -> None:
        self._live[live.run_id] = live
        self._writer.mark(live)

    def _spawn(self, run_id: uuid.UUID, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"run {run_id}")
        self._tasks[run_id] = task
        task.add_done_callback(lambda _: self._forget(run_id, task))

    def _forget(self, run_id: uuid.UUID, task: asyncio.Task[None]) -> None:
        if self._tasks.get(run_id) is task:
            del self._tasks[run_id]
        if not task.cancelled() and task.exception() is not None:
            log.error("run.task_failed", run_id=str(run_id), exc_info=task.exception())

    async def _resume(self, claim: Claim) -> None:
        live = await self._prepared(claim.run)
        self._own(live)
        lost = claim.attempts > MAX_ATTEMPTS
        await self._generate(claim.run, live, GENERATOR_LOST if lost else None)

    async def _prepared(self, run: AcceptedRun) -> LiveRun:
        while True:
            try:
                return await self._stages.takeover.prepare(run)
            except Unavailable:
                await asyncio.sleep(PREPARE_AGAIN_SECONDS)

    async def _generate(
        self, run: AcceptedRun, live: LiveRun, error: AppError | None = None
    ) -> None:
        """Makes the answer and ends the run; with an error given, only ends it."""
        answer = Answer(run, live, self._writer.mark)
        try:
            if error is None and run.run_id not in self._stopping:
                error = await self._fill(answer)
            self._stopping.add(run.run_id)
            await self._end(answer, error)
        finally:
            self._stopping.discard(run.run_id)
            if self._live.get(run.run_id) is live:
                del self._live[run.run_id]
            live.close()

    async def _fill(self, answer: Answer) -> AppError | None:
        """Makes the answer. Returns what went wrong, None if nothing did or it was stopped."""
        self._filling.add(answer.run.run_id)
        try:
            await self._stages.answering.fill(answer)
        except asyncio.CancelledError:
            if answer.run.run_id not in self._stopping:
                raise  # handed over or lost, not stopped: another process goes on
            _stay()
        except LLMError as error:
            run_id = str(answer.run.run_id)
            log.warning("run.failed", run_id=run_id, code=error.code, remedy=error.remedy)
            return error
        except AppError as error:
            log.warning("run.failed", run_id=str(answer.run.run_id), code=error.code)
            return error
        except Exception:  # the edge of the run: whatever it was, the person is told something
            log.exception("run.broke", run_id=str(answer.run.run_id))
            return internal_error()
        finally:
            self._filling.discard(answer.run.run_id)
        return None

    async def _end(self, answer: Answer, error: AppError | None) -> None:
        live = answer.live
        answer.close()
        await self._flush(live)
        end = End(live.run_id, live.fence, live.cursor, answer.text, error, answer.calls)
        try:
            terminal = await self._store_end(end)
        except Fenced:
            log.warning("run.fenced", run_id=str(live.run_id), fence=live.fence)
            return
        live.append_stored(terminal)
        await self._flush(live)
        log.info("run.ended", run_id=str(live.run_id), seq=terminal.cursor.seq)
        if not answer.run.has_title:
            await self._stages.after_run(answer.run)

    async def _store_end(self, end: End) -> Frame:
        try:
            return await self._stages.ending.store(end)
        except Fenced:
            raise
        except Exception:  # a fault of ours must not leave the conversation busy for ever
            log.exception("run.end_broke", run_id=str(end.run_id))
            return await self._stages.ending.store(replace(end, error=internal_error(), calls=[]))

    async def _flush(self, *runs: LiveRun) -> None:
        """Brings what they said into the log; if Redis is away the conversation goes on without."""
        try:
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._writer.flush(runs)
        except TimeoutError:
            log.warning("log.flush_timeout")


def _stay() -> None:
    """A task that was cancelled on request still has an end to store."""
    task = asyncio.current_task()
    assert task is not None
    task.uncancel()


class RunEnded(Conflict):
    """There was nothing left to stop. `status` is how the run had ended."""

    def __init__(self, status: str) -> None:
        super().__init__("run_ended", "That answer had already ended.")
        self.ended_as = status
