"""The queue of tasks in Redis: what senders and workers do with it.

Nothing here knows what a task is: it is bytes. Redis may lose what it holds; the scheduled re-scan
finds in PostgreSQL what is still to be done.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import ResponseError

from modules.backend.core.redis import Purpose
from modules.backend.services.jobs import scripts
from modules.backend.services.jobs.settlement import (
    Buried,
    Finished,
    HandedBack,
    Postponed,
    Settlement,
)

GROUP = "workers"
MAX_QUEUED = 10_000
MAX_DEAD = 1_000
MAX_DELIVERIES = 5
"""A task that outlived so many workers is suspected of having killed them."""
PROMOTED_AT_ONCE = 100
GONE_SECONDS = 3600
"""A worker that asked for nothing this long, and holds nothing, is forgotten."""


class QueueFullError(Exception):
    """So many tasks wait that no more are taken. What was refused is found again by the re-scan."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A task that this worker holds until it is settled."""

    id: bytes
    data: bytes


class JobQueue:
    def __init__(
        self, redis: Redis, *, name: str = Purpose.TASKS.prefix, max_queued: int = MAX_QUEUED
    ) -> None:
        self.redis = redis
        self.max_queued = max_queued
        self.stream = name
        self.later = f"{self.stream}:later"
        self.dead = f"{self.stream}:dead"
        self.fired = f"{self.stream}:fired"
        self._scripts = {
            name: redis.register_script(getattr(scripts, name))
            for name in (
                *("SEND", "SEND_DUE", "SEND_ONCE", "FINISH", "POSTPONE", "BURY"),
                *("PROMOTE", "HOLD", "HAND_BACK", "RECLAIM", "REVIVE"),
            )
        }

    async def send(self, data: bytes) -> None:
        """Raises QueueFullError and what Redis raises, as the other ways of sending do."""
        await self._send("SEND", [self.stream], [data])

    async def send_due(self, data: bytes, *, schedule: str, due: int) -> bool:
        """Sends what a schedule has due, unless it or anything later was sent. `due` in seconds."""
        return await self._send("SEND_DUE", [self.stream, self.fired], [data, schedule, due])

    async def send_once(self, data: bytes, *, marker: str, within: timedelta) -> bool:
        """Sends it unless it was sent under the same marker within the time."""
        key = f"{self.stream}:once:{marker}"
        seconds = int(within.total_seconds())
        return await self._send("SEND_ONCE", [self.stream, key], [data, seconds])

    async def revive(self, dead_id: str) -> bool:
        """Sends a dead letter again. False if there is none of this id."""
        return await self._send("REVIVE", [self.stream, self.dead], [dead_id])

    async def _send(self, script: str, keys: list[str], arguments: list[Any]) -> bool:
        values: list[Any] = [self.max_queued, *arguments]
        try:
            answer = await self._scripts[script](keys=keys, args=values)
        except ConnectionLost:
            # The connection may only be one to a server that has restarted since. What was sent
            # all the same is sent twice: every task bears that.
            answer = await self._scripts[script](keys=keys, args=values)
        if answer == b"full":
            raise QueueFullError(f"{self.max_queued} tasks wait")
        return cast("bool", answer == b"sent")

    async def join(self) -> None:
        """Makes the group of workers; it goes with a Redis that lost its data."""
        try:
            # From the beginning: also what was sent before the first worker ever started.
            await self.redis.xgroup_create(self.stream, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def read(self, worker: str, *, wait: timedelta) -> Delivery | None:
        """The next task that nobody has had, once there is one; None when the time is over."""
        milliseconds = int(wait.total_seconds() * 1000)
        found: Any = await self.redis.xreadgroup(
            GROUP, worker, {self.stream: ">"}, count=1, block=milliseconds
        )
        if not found:
            return None
        ((_, ((entry_id, fields),)),) = found
        return Delivery(entry_id, fields[b"data"])

    async def reclaim(self, worker: str, *, idle: timedelta) -> Delivery | None:
        """Takes over one task that its worker has not held for the time.

        One step, without a lock: two workers never get the same, and none can die holding one.
        """
        milliseconds = int(idle.total_seconds() * 1000)
        arguments: list[Any] = [GROUP, worker, milliseconds, MAX_DELIVERIES, MAX_DEAD]
        got = await self._scripts["RECLAIM"](keys=[self.stream, self.dead], args=arguments)
        return Delivery(got[0], got[1]) if got and len(got) == 2 else None

    async def hold(self, worker: str, ids: Collection[bytes]) -> None:
        """Says that the worker still has these; what another one took stays there."""
        await self._for_each("HOLD", worker, ids)

    async def hand_back(self, worker: str, ids: Collection[bytes]) -> None:
        """Gives these to whoever comes next; what another one took stays there."""
        await self._for_each("HAND_BACK", worker, ids)

    async def hand_back_all(self, worker: str) -> None:
        """Gives all that the worker has, known to it or not, to whoever comes next."""
        pending: Any = await self.redis.xpending_range(
            self.stream, GROUP, min="-", max="+", count=self.max_queued, consumername=worker
        )
        await self.hand_back(worker, [entry["message_id"] for entry in pending])

    async def _for_each(self, script: str, worker: str, ids: Collection[bytes]) -> None:
        if ids:
            arguments: list[Any] = [GROUP, worker, *ids]
            await self._scripts[script](keys=[self.stream], args=arguments)

    async def settle(
        self,
        worker: str,
        delivery: Delivery,
        settlement: Settlement,
        *,
        data: bytes,
        now: datetime,
    ) -> None:
        """Ends a delivery, in one step. `data` is what goes on instead, if anything does.

        What another worker took over and settled meanwhile is left as it is.
        """
        mine: list[Any] = [GROUP, delivery.id]
        failures = self.failures_key(now)
        match settlement:
            case Finished():
                await self._scripts["FINISH"](keys=[self.stream], args=mine)
            case HandedBack():
                await self.hand_back(worker, [delivery.id])
            case Postponed(task=task, delay_seconds=delay):
                await self._scripts["POSTPONE"](
                    keys=[self.stream, self.later, failures],
                    args=[*mine, task, data, int(delay * 1000)],
                )
            case Buried(task=task, reason=reason):
                await self._scripts["BURY"](
                    keys=[self.stream, self.dead, failures],
                    args=[*mine, task, data, reason, MAX_DEAD],
                )

    async def promote(self) -> int:
        """Puts what is due for another attempt back into the queue. Returns how many."""
        arguments = [self.max_queued, PROMOTED_AT_ONCE]
        promoted: int = await self._scripts["PROMOTE"](
            keys=[self.stream, self.later], args=arguments
        )
        return promoted

    async def leave(self, worker: str) -> None:
        """Forgets a worker that ends. What it held must have been handed back."""
        for consumer in await self.redis.xinfo_consumers(self.stream, GROUP):
            is_gone = consumer["idle"] > GONE_SECONDS * 1000
            if consumer["pending"] == 0 and (is_gone or consumer["name"].decode() == worker):
                await self.redis.xgroup_delconsumer(self.stream, GROUP, consumer["name"])

    def failures_key(self, now: datetime) -> str:
        """The day's count of failed attempts by task."""
        return f"{self.stream}:failures:{now:%Y-%m-%d}"
