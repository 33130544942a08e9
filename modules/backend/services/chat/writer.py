"""Brings what the runs of this process say into their logs, all of them in one pipeline a beat."""

import asyncio
from collections.abc import Collection, Sequence

from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY
from modules.backend.services.chat.events import START, Frame
from modules.backend.services.chat.live import LiveRun, Trouble
from modules.backend.services.chat.log import Appended, Entry, RunLog

log = get_logger(__name__)

BEAT_SECONDS = 0.2
BEAT_SECONDS_WHEN_HEARD = 0.1
"""The beat while readers on other processes follow."""
MAX_ENTRY_BYTES = 32_000
"""A page of a reader holds a few entries: small ones keep it small."""
MAX_ENTRIES = 64
"""Of one run in one beat; one that could not be logged for a while catches up in several."""
AWAY_SECONDS = 3.0
"""After so long without a log, readers here are served from memory, which needs a new one."""


class LogWriter:
    def __init__(self, run_log: RunLog) -> None:
        self._log = run_log
        self._dirty: set[LiveRun] = set()
        self._woken = asyncio.Event()
        self._writing = asyncio.Lock()
        self._heard = False

    def mark(self, run: LiveRun) -> None:
        """The run has something to log."""
        if not self._dirty:
            self._woken.set()
        self._dirty.add(run)

    async def serve(self) -> None:
        """Writes once a beat until cancelled. Redis being away only delays it."""
        while True:
            await self._woken.wait()
            await asyncio.sleep(BEAT_SECONDS_WHEN_HEARD if self._heard else BEAT_SECONDS)
            self._woken.clear()
            runs, self._dirty = self._dirty, set()
            await self.flush(runs)
            if self._dirty:
                self._woken.set()

    async def flush(self, marked: Collection[LiveRun]) -> None:
        """Writes now what these runs have to log; what could not be written goes on waiting."""
        async with self._writing:
            batches = [(run, _entries(run)) for run in marked if not run.is_log_lost]
            batches = [(run, entries) for run, entries in batches if entries]
            if not batches:
                return
            for run, entries in batches:
                run.attempted = entries[-1].id
            try:
                results = await self._log.append([e for _, entries in batches for e in entries])
            except REDIS_AWAY as error:
                log.warning("log.not_written", runs=len(batches), error=type(error).__name__)
                for run, _ in batches:
                    self._put_off(run)
                return
            self._heard = any(result.is_heard for result in results)
            for run, entries in batches:
                self._settle(run, entries, results[: len(entries)])
                del results[: len(entries)]

    def _settle(self, run: LiveRun, entries: Sequence[Entry], results: Sequence[Appended]) -> None:
        """Takes note of where the log ends; it should be where one of our entries does."""
        end = results[-1].end
        if run.fence != entries[0].id.gen:
            return  # it has begun again meanwhile
        if any(end == entry.id for entry in entries):
            run.mark_logged(end)
            if run.unlogged:
                self.mark(run)
        elif end.gen > run.fence:
            run.lose_log(Trouble.FENCED)
        else:
            log.warning("log.lost", run_id=str(run.run_id), end=str(end), known=str(run.log_end))
            run.lose_log(Trouble.LOST)

    def _put_off(self, run: LiveRun) -> None:
        now = asyncio.get_running_loop().time()
        if run.behind_since is None:
            run.behind_since = now
        elif now - run.behind_since > AWAY_SECONDS and run.log_end != START:
            run.lose_log(Trouble.LOST)
            return
        self.mark(run)


def _entries(run: LiveRun) -> list[Entry]:
    """What the run has to log. An append whose outcome is unclear is repeated as it was."""
    entries: list[Entry] = []
    frames: list[Frame] = []
    size = 0
    after = run.log_end
    for frame in run.unlogged:
        if run.attempted is not None and frame.cursor > run.attempted:
            break
        if frames and size + len(frame.data) > MAX_ENTRY_BYTES:
            entries.append(Entry(run.run_id, after, frames))
            after, frames, size = frames[-1].cursor, [], 0
            if len(entries) == MAX_ENTRIES:
                return entries
        frames.append(frame)
        size += len(frame.data)
    if frames:
        entries.append(Entry(run.run_id, after, frames))
    return entries
