"""Brings what the runs of this process say into their logs, all of them in one pipeline a beat."""

import asyncio
from collections.abc import Collection

from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY
from modules.backend.services.chat.live import LiveRun
from modules.backend.services.chat.log import RunLog

log = get_logger(__name__)

BEAT_SECONDS = 0.2
BEAT_SECONDS_WHEN_HEARD = 0.1
"""The beat while readers on other processes follow."""
MAX_BATCH_FRAMES = 2000
"""A run that could not be logged for a while catches up in several entries."""


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
            runs = [r for r in marked if r.unlogged]
            if not runs:
                return
            batches = [(r.run_id, list(r.unlogged)[:MAX_BATCH_FRAMES]) for r in runs]
            try:
                heard = await self._log.append(batches)
            except REDIS_AWAY as error:
                log.warning("log.not_written", runs=len(runs), error=type(error).__name__)
                for run in runs:
                    self.mark(run)
                return
            self._heard = any(heard)
            for run, (_, frames) in zip(runs, batches, strict=True):
                run.mark_logged(frames[-1].cursor)
                if run.unlogged:
                    self.mark(run)
