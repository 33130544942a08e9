"""The scheduler's loop: finds what is due and sends it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from modules.backend.core.clock import Clock
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY
from modules.backend.services.jobs.leader import Leader
from modules.backend.services.jobs.pulse import Pulse
from modules.backend.services.jobs.queue import QueueFullError
from modules.backend.services.jobs.schedule import Schedule

log = get_logger(__name__)

TICK_SECONDS = 1.0

SendDue = Callable[[str, datetime], Awaitable[None]]
"""Sends a task for a due time, unless that was done already.

Raises QueueFullError and what Redis raises.
"""


class Ticker:
    """Every process may run one: the leader sends, and a due time is sent once whoever leads.

    After an interruption each schedule's latest due time is made up for, and earlier ones are not.
    """

    def __init__(
        self,
        schedules: Mapping[str, Schedule],
        *,
        leader: Leader,
        send: SendDue,
        clock: Clock,
        enabled: bool = True,
    ) -> None:
        self._schedules = schedules
        self._leader = leader
        self._send = send
        self._clock = clock
        self._enabled = enabled
        self._sent: dict[str, datetime] = {}
        self._led = False
        self.pulse = Pulse(clock)

    async def serve(self) -> None:
        """Ticks until it is cancelled."""
        while True:
            try:
                await self.tick()
                self.pulse.beat()
            except (*REDIS_AWAY, QueueFullError) as error:
                log.warning("scheduler.queue_away", error=type(error).__name__)
                self.pulse.beat()  # a restart of this process would not help
            except Exception:  # the edge of a background task: without a beat it counts as stalled
                log.exception("scheduler.tick_failed")
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> None:
        """Sends what has become due. Raises what `send` raises; the next tick makes up for it."""
        if not self._enabled or not await self._leads():
            return
        now = self._clock.now()
        for task, schedule in self._schedules.items():
            due = schedule.latest(now)
            if self._sent.get(task) == due:
                continue
            await self._send(task, due)
            self._sent[task] = due

    async def _leads(self) -> bool:
        leads = await self._leader.leads()
        if leads != self._led:
            log.info("scheduler.lead_changed", leads=leads)
        self._led = leads
        return leads

    async def resign(self) -> None:
        """Leaves the lead to the next process, if Redis can be told."""
        try:
            await self._leader.resign()
        except REDIS_AWAY as error:
            log.warning("scheduler.not_resigned", error=type(error).__name__)
