"""When a call may be made: SailPoint's rate, shared by all processes over Redis.

SailPoint counts by client id, so more tokens or processes do not raise it. Without Redis each
process keeps to an equal share by itself.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import uuid4

from modules.backend.clients.sailpoint.errors import Fault
from modules.backend.clients.sailpoint.watch import RedisWatch
from modules.backend.clients.sailpoint.window import (
    LOOK_SECONDS,
    Priority,
    Reply,
    Verdict,
    Window,
)
from modules.backend.core.instruments import SAILPOINT_WAIT
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY

log = get_logger(__name__)

T = TypeVar("T")

LONGEST_PAUSE_SECONDS = 60.0
"""A `Retry-After` is believed up to here."""
SHORTEST_WAIT_SECONDS = 0.01


class Limiter:
    def __init__(
        self,
        shared: Window,
        alone: Window,
        watch: RedisWatch,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._shared = shared
        self._alone = alone
        self._watch = watch
        self._sleep = sleep

    @asynccontextmanager
    async def place(
        self, operation: str, priority: Priority, *, within: float
    ) -> AsyncIterator[None]:
        """Holds a place for one call while the block runs.

        within: seconds for the wait and the call together
        Raises SailPointLimited when no place is free in time, or too many wait already.
        """
        ticket = uuid4().hex
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            window = await self._take(ticket, operation, priority, within)
        finally:
            SAILPOINT_WAIT.record(loop.time() - began, {"priority": priority.value})
        try:
            yield
        finally:
            await self._tell(window, window.done, ticket)

    async def pause(self, seconds: float) -> None:
        """SailPoint asked to be left alone: nobody calls for so long, in any process."""
        seconds = min(seconds, LONGEST_PAUSE_SECONDS)
        log.warning("sailpoint.rate_exceeded", pause=seconds)
        await self._alone.pause(seconds)
        await self._tell(self._shared, self._shared.pause, seconds)

    async def _take(self, ticket: str, operation: str, priority: Priority, within: float) -> Window:
        """The window that gave a place. Raises SailPointLimited."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        asked: set[Window] = set()
        window: Window | None = None
        try:
            while True:
                window, verdict = await self._ask(ticket, priority, deadline - loop.time())
                asked.add(window)
                if verdict.reply is Reply.GRANTED:
                    return window
                left = deadline - loop.time()
                if verdict.reply is Reply.FULL or verdict.paused >= left or left <= 0:
                    raise Fault.SAILPOINT_BUSY.error(operation, retry_after=verdict.wait)
                await self._sleep(min(_spread(verdict), left))
        except BaseException:  # cancelled, too: a place that nobody uses holds up the others
            for each in asked:
                await self._tell(each, each.leave, ticket)
            raise

    async def _ask(self, ticket: str, priority: Priority, hold: float) -> tuple[Window, Verdict]:
        if not self._watch.is_away:
            try:
                verdict = await self._shared.ask(ticket, priority, hold)
            except REDIS_AWAY as error:
                self._watch.lost(error)
            else:
                self._watch.found()
                return self._shared, verdict
        return self._alone, await self._alone.ask(ticket, priority, hold)

    async def _tell(self, window: Window, tell: Callable[[T], Awaitable[None]], what: T) -> None:
        """Places and queues forget by themselves: that Redis does not hear of it costs little."""
        if window is self._shared and self._watch.is_away:
            return
        try:
            await tell(what)
        except REDIS_AWAY as error:
            self._watch.lost(error)


def _spread(verdict: Verdict) -> float:
    """Seconds until the next look, not the same for all who wait."""
    wait = min(max(verdict.wait, SHORTEST_WAIT_SECONDS), LOOK_SECONDS)
    return wait * random.uniform(0.8, 1.0)  # noqa: S311  # jitter, no secret
