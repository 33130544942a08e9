"""The runs that this process makes: begun, taken over, stopped, ended, handed over."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from modules.backend.core.errors import AppError, LLMError, Unavailable, internal_error
from modules.backend.core.instruments import RUN_TAKEOVERS, RUNS_ACTIVE
from modules.backend.core.observability import get_logger
from modules.backend.core.telemetry import joined
from modules.backend.services.chat.acceptance import AcceptedRun
from modules.backend.services.chat.answer import Answer
from modules.backend.services.chat.answering import Answering
from modules.backend.services.chat.claims import Claim
from modules.backend.services.chat.ending import End, Ending, Fenced
from modules.backend.services.chat.events import Cursor, Frame, run_started
from modules.backend.services.chat.live import LiveRun, Trouble
from modules.backend.services.chat.log_loss import LogLoss
from modules.backend.services.chat.observed import Course, observed
from modules.backend.services.chat.ownership import Ownership
from modules.backend.services.chat.takeover import Takeover
from modules.backend.services.chat.writer import LogWriter

log = get_logger(__name__)

AfterRun = Callable[[AcceptedRun], Awaitable[None]]
FLUSH_SECONDS = 2.0
CLOSE_SECONDS = 5.0
AGAIN_SECONDS = 1.0
MAX_ATTEMPTS = 3
GENERATOR_LOST = Unavailable(
    "generator_lost", "The answer was interrupted several times. Try again."
)


@dataclass(frozen=True, slots=True)
class Stages:
    """What a run goes through in the process that makes it."""

    takeover: Takeover
    answering: Answering
    log_loss: LogLoss
    ending: Ending
    after_run: AfterRun


class Generator:
    def __init__(
        self,
        *,
        stages: Stages,
        ownership: Ownership,
        writer: LogWriter,
        live: dict[uuid.UUID, LiveRun],
    ) -> None:
        self._stages = stages
        self._ownership = ownership
        self._writer = writer
        self._live = live
        self._tasks: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._filling: set[uuid.UUID] = set()
        """Runs whose answer is being made: their task may be cancelled."""
        self._stopping: set[uuid.UUID] = set()
        """Runs that somebody asked to stop, or that are ending: they only have to end."""

    def begin(self, run: AcceptedRun) -> None:
        """Begins a run that was accepted just now."""
        if self.holds(run.run_id):
            return  # its acceptance took so long to be confirmed that it was taken for a stray
        live = LiveRun(run.run_id, run.fence, logged=Cursor(run.fence, 0))
        live.append(run_started(run.thread_id, run.run_id))
        self._own(live)
        self._spawn(run.run_id, self._generate(run, live))

    def take_over(self, claim: Claim) -> None:
        """Goes on, as a new generation, with a run whose process is gone."""
        RUN_TAKEOVERS.add()
        if claim.is_cancelled:
            self._stopping.add(claim.run.run_id)
        # A trace of its own: the one of the process before is not known here.
        with joined(None):
            self._spawn(claim.run.run_id, self._resume(claim))

    def holds(self, run_id: uuid.UUID) -> bool:
        return run_id in self._tasks

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
        """Lets go of every run and its readers at once: others may own them by now."""
        for live in tuple(self._live.values()):
            live.close()
        for task in tuple(self._tasks.values()):
            task.cancel()

    async def finish(self, seconds: float) -> None:
        """Waits until every run has ended, but no longer than that."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=seconds)

    async def hand_over(self) -> None:
        """Lets go of what is still being made here: logged as far as it came, not ended."""
        tasks, left = tuple(self._tasks.values()), tuple(self._live.values())
        for run_id, task in tuple(self._tasks.items()):
            if run_id not in self._stopping:
                task.cancel()
        if tasks:
            log.info("runs.handed_over", runs=len(tasks))
            await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
        await self._flush(*left)

    def _own(self, live: LiveRun) -> None:
        self._live[live.run_id] = live
        self._writer.mark(live)

    def _spawn(self, run_id: uuid.UUID, work: Coroutine[Any, Any, None]) -> None:
        before = self._tasks.get(run_id)
        if before is not None:
            before.cancel()  # it was claimed from this very process
        task = asyncio.create_task(work, name=f"run {run_id}")
        self._tasks[run_id] = task
        RUNS_ACTIVE.add(1)
        task.add_done_callback(lambda _: self._forget(run_id, task))

    def _forget(self, run_id: uuid.UUID, task: asyncio.Task[None]) -> None:
        RUNS_ACTIVE.add(-1)
        if self._tasks.get(run_id) is task:
            del self._tasks[run_id]
            self._stopping.discard(run_id)
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
                await asyncio.sleep(AGAIN_SECONDS)

    async def _generate(
        self, run: AcceptedRun, live: LiveRun, error: AppError | None = None
    ) -> None:
        """Makes the answer and ends the run; with an error given, only ends it."""
        answer = Answer(run, live, self._writer.mark, lambda: self._ownership.is_current)
        repairs: set[asyncio.Task[None]] = set()
        live.on_trouble = partial(self._repair, answer, repairs)
        try:
            with observed(run) as course:
                if error is None and run.run_id not in self._stopping:
                    error = await self._fill(answer)
                self._stopping.add(run.run_id)
                await self._end(answer, error, course)
        finally:
            live.has_ended = True
            for repair in repairs:
                repair.cancel()
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

    async def _end(self, answer: Answer, error: AppError | None, course: Course) -> None:
        live = answer.live
        answer.close()
        async with answer.fence_held:
            await self._flush(live)
            try:
                terminal = await self._store_end(_end_of(answer, error))
            except Fenced:
                log.warning("run.fenced", run_id=str(live.run_id), fence=live.fence)
                return
            live.has_ended = True
            course.ends(terminal)
            live.append_stored(terminal)
        await self._flush(live)
        log.info("run.ended", run_id=str(live.run_id), seq=terminal.cursor.seq)
        await self._stages.after_run(answer.run)

    async def _store_end(self, end: End) -> Frame:
        try:
            return await self._stages.ending.store(end)
        except Fenced:
            raise
        except Exception:  # a fault of ours must not leave the conversation busy for ever
            log.exception("run.end_broke", run_id=str(end.run_id))
            return await self._stages.ending.store(
                replace(end, error=internal_error(), account=None)
            )

    async def _flush(self, *runs: LiveRun) -> None:
        """Brings what they said into the log; if Redis is away the conversation goes on without."""
        try:
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._writer.flush(runs)
        except TimeoutError:
            log.warning("log.flush_timeout")

    def _repair(self, answer: Answer, repairs: set[asyncio.Task[None]], trouble: Trouble) -> None:
        """What is done when the log cannot be gone on with."""
        if answer.live.has_ended:
            return  # PostgreSQL serves it
        if trouble is Trouble.FENCED:
            self._leave(answer)
            return
        task = asyncio.create_task(self._begin_again(answer), name=f"log {answer.run.run_id}")
        repairs.add(task)
        task.add_done_callback(repairs.discard)

    async def _begin_again(self, answer: Answer) -> None:
        while True:
            try:
                await self._stages.log_loss.begin_again(answer)
            except Unavailable:
                await asyncio.sleep(AGAIN_SECONDS)
            except Fenced:
                return self._leave(answer)
            else:
                return None

    def _leave(self, answer: Answer) -> None:
        """Somebody else goes on with the run. One that is ending finds that out by itself."""
        task = self._tasks.get(answer.run.run_id)
        if task is not None and answer.run.run_id in self._filling:
            log.warning("run.fenced", run_id=str(answer.run.run_id), fence=answer.live.fence)
            self._stopping.discard(answer.run.run_id)
            task.cancel()


def _end_of(answer: Answer, error: AppError | None) -> End:
    live = answer.live
    return End(
        live.run_id, live.fence, live.cursor, answer.text, answer.steps, error, answer.account
    )


def _stay() -> None:
    """A task that was cancelled on request still has an end to store."""
    task = asyncio.current_task()
    assert task is not None
    task.uncancel()
