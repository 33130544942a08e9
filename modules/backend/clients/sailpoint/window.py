"""A sliding window of calls: so many in so many seconds, people before background work.

A call takes a place from when it is let go until a whole window after it came back. It reaches
SailPoint somewhere in between, so however long it takes on its way, SailPoint never sees more calls
within one window than there are places.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from modules.backend.core.clock import Clock
from modules.backend.core.redis import Purpose, RedisStores

MAX_WAITING = 200
"""Of each priority, over all processes. Whoever comes after them is turned away."""
LOOK_SECONDS = 0.25
"""The longest that a waiter sleeps between two looks."""
LONGEST_HOLD_SECONDS = 300.0
GRACE_SECONDS = 2.0
"""A waiter that has not looked for so long is gone."""


class Priority(Enum):
    INTERACTIVE = "interactive"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Bounds:
    """calls in seconds; background work leaves `reserve` places free."""

    calls: int
    seconds: float
    reserve: int

    def shared_by(self, processes: int) -> "Bounds":
        """What one of so many may use by itself."""
        calls = max(1, self.calls // processes)
        return Bounds(calls, self.seconds, min(self.reserve // processes, calls - 1))


class Reply(Enum):
    GRANTED = "granted"
    WAIT = "wait"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wait` is in seconds until another look may do; `paused` for how long nobody may call."""

    reply: Reply
    wait: float = 0.0
    paused: float = 0.0


class Window(Protocol):
    async def ask(self, ticket: str, priority: Priority, hold: float) -> Verdict:
        """Takes a place, for at most `hold` seconds until `done`, or a place in the queue."""
        ...

    async def done(self, ticket: str) -> None:
        """The call came back."""
        ...

    async def leave(self, ticket: str) -> None:
        """No call is made: neither a place nor one in the queue is needed any more."""
        ...

    async def pause(self, seconds: float) -> None:
        """Nobody may call for so long."""
        ...


_NOW = """
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
"""
_ASK = (
    _NOW
    + """
local places, people, background, seen, paused = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local ticket, priority = ARGV[2], ARGV[3]
local calls, length, reserve = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local hold, look, grace = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
redis.call('ZREMRANGEBYSCORE', places, '-inf', now - length)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now)) do
  redis.call('ZREM', seen, gone)
  redis.call('ZREM', people, gone)
  redis.call('ZREM', background, gone)
end
local queue = priority == 'background' and background or people
local ahead = redis.call('ZRANK', queue, ticket)
local is_new = not ahead
if is_new then ahead = redis.call('ZCARD', queue) end
local waiting = ahead
local taken = redis.call('ZCARD', places)
local room = calls - taken
if priority == 'background' then
  room = room - reserve
  ahead = ahead + redis.call('ZCARD', people)
end
local pause = math.max(0, (tonumber(redis.call('GET', paused)) or 0) - now)
if pause == 0 and room > ahead then
  redis.call('ZADD', places, now + hold, ticket)
  redis.call('PEXPIRE', places, math.ceil(length) + tonumber(ARGV[11]))
  redis.call('ZREM', queue, ticket)
  redis.call('ZREM', seen, ticket)
  return {'granted', 0, 0}
end
local wait = pause
if room <= ahead then
  local freed = redis.call('ZRANGE', places, ahead - room, ahead - room, 'WITHSCORES')
  wait = math.max(pause, freed[2] and tonumber(freed[2]) + length - now or length)
end
if is_new then
  if waiting >= tonumber(ARGV[10]) then return {'full', math.ceil(wait), math.ceil(pause)} end
  redis.call('ZADD', queue, now, ticket)
end
redis.call('ZADD', seen, now + math.min(wait, look) + grace, ticket)
for _, key in ipairs({people, background, seen}) do redis.call('PEXPIRE', key, 60000) end
return {'wait', math.ceil(wait), math.ceil(pause)}
"""
)
_DONE = _NOW + "redis.call('ZADD', KEYS[1], 'XX', now, ARGV[2])"
_PAUSE = (
    _NOW
    + """
local until_ = now + tonumber(ARGV[2])
if until_ > (tonumber(redis.call('GET', KEYS[5])) or 0) then
  redis.call('SET', KEYS[5], string.format('%.3f', until_), 'PX', math.ceil(ARGV[2]) + 1000)
end
"""
)


class RedisWindow:
    """One window for all processes that share `name`. Raises what REDIS_AWAY names."""

    def __init__(
        self,
        stores: RedisStores,
        name: str,
        bounds: Bounds,
        *,
        now: Callable[[], float] | None = None,
    ) -> None:
        """`now`, in seconds, stands in for the time of Redis."""
        redis = stores.client(Purpose.SAILPOINT)
        self._redis = redis
        self._bounds = bounds
        self._now = now
        parts = ("places", "interactive", "background", "seen", "paused")
        self._keys = [
            RedisStores.key(Purpose.SAILPOINT, "limit", f"{{{name}}}", part) for part in parts
        ]
        self._ask, self._done, self._pause = (
            redis.register_script(script) for script in (_ASK, _DONE, _PAUSE)
        )

    async def ask(self, ticket: str, priority: Priority, hold: float) -> Verdict:
        bounds = self._bounds
        reply: Any = await self._ask(
            keys=self._keys,
            args=[
                self._time(),
                ticket,
                priority.value,
                bounds.calls,
                bounds.seconds * 1000,
                bounds.reserve,
                min(hold, LONGEST_HOLD_SECONDS) * 1000,
                LOOK_SECONDS * 1000,
                GRACE_SECONDS * 1000,
                MAX_WAITING,
                int(LONGEST_HOLD_SECONDS * 1000) + 1000,
            ],
        )
        return Verdict(Reply(reply[0].decode()), reply[1] / 1000, reply[2] / 1000)

    async def done(self, ticket: str) -> None:
        await self._done(keys=self._keys, args=[self._time(), ticket])

    async def leave(self, ticket: str) -> None:
        pipeline = self._redis.pipeline()
        for key in self._keys[:4]:
            pipeline.zrem(key, ticket)
        await pipeline.execute()

    async def pause(self, seconds: float) -> None:
        await self._pause(keys=self._keys, args=[self._time(), seconds * 1000])

    def _time(self) -> str:
        return "" if self._now is None else str(self._now() * 1000)


class LocalWindow:
    """The same for one process alone, while there is no Redis."""

    def __init__(self, bounds: Bounds, clock: Clock) -> None:
        self._bounds = bounds
        self._clock = clock
        self._places: dict[str, float] = {}
        self._queues: dict[Priority, list[str]] = {priority: [] for priority in Priority}
        self._paused_until = -math.inf

    async def ask(self, ticket: str, priority: Priority, hold: float) -> Verdict:
        now, bounds = self._clock.monotonic(), self._bounds
        self._places = {t: end for t, end in self._places.items() if end > now - bounds.seconds}
        queue = self._queues[priority]
        ahead = waiting = queue.index(ticket) if ticket in queue else len(queue)
        room = bounds.calls - len(self._places)
        if priority is Priority.BACKGROUND:
            room -= bounds.reserve
            ahead += len(self._queues[Priority.INTERACTIVE])
        paused = max(0.0, self._paused_until - now)
        if not paused and room > ahead:
            self._unqueue(ticket)
            self._places[ticket] = now + hold
            return Verdict(Reply.GRANTED)
        wait = max(paused, LOOK_SECONDS)
        if ticket not in queue:
            if waiting >= MAX_WAITING:
                return Verdict(Reply.FULL, wait, paused)
            queue.append(ticket)
        return Verdict(Reply.WAIT, wait, paused)

    async def done(self, ticket: str) -> None:
        if ticket in self._places:
            self._places[ticket] = self._clock.monotonic()

    async def leave(self, ticket: str) -> None:
        self._places.pop(ticket, None)
        self._unqueue(ticket)

    def _unqueue(self, ticket: str) -> None:
        for queue in self._queues.values():
            if ticket in queue:
                queue.remove(ticket)

    async def pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)
