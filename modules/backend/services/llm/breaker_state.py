"""Whether a deployment is being spared: the state of its breaker, for all processes or for one.

Closed, it counts outcomes over a sliding window and opens on the rate of failures. Open, it lets
nobody through for a while. Then it is half open: one call is the probe, and holds a token that
expires, so that a prober that was killed does not block for ever. A good probe closes the breaker,
a bad one opens it for twice as long.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from modules.backend.core.clock import Clock
from modules.backend.services.llm.shared import SharedState, deployment_keys

MOST_DOUBLINGS = 30
"""More than any policy needs; without a bound a day's outage ends in an overflow."""


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """Times are in seconds. `failure_rate` is the part of at least `least_calls` that opens it."""

    window: float = 30.0
    least_calls: int = 10
    failure_rate: float = 0.5
    open: float = 15.0
    longest_open: float = 120.0
    probe: float = 65.0
    """How long a probe may be silent before another call may be one."""

    def for_script(self) -> Mapping[str, int | float]:
        """In milliseconds."""
        return {
            "window": round(self.window * 1000),
            "least_calls": self.least_calls,
            "failure_rate": self.failure_rate,
            "open": round(self.open * 1000),
            "longest_open": round(self.longest_open * 1000),
            "probe": round(self.probe * 1000),
            "most_doublings": MOST_DOUBLINGS,
        }


class Verdict(StrEnum):
    """What a call says of its deployment."""

    GOOD = "good"
    BAD = "bad"
    NONE = "none"


class Change(StrEnum):
    """What a verdict has done."""

    OPENED = "opened"
    CLOSED = "closed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Admission:
    is_allowed: bool
    is_probe: bool = False
    wait: float = 0.0
    """Seconds until it is worth asking again."""


class BreakerState(Protocol):
    async def admit(self, call: str) -> Admission:
        """Whether the call may go ahead. The holder of the token may ask again."""
        ...

    async def report(self, call: str, verdict: Verdict) -> Change:
        """Takes the verdict of a call that was admitted, and its token if it holds that.

        Verdicts of calls that began before the breaker opened change nothing.
        """
        ...


class SharedBreakerState:
    """The state that all processes see. Its methods raise Away."""

    def __init__(self, shared: SharedState, deployment: str, policy: BreakerPolicy) -> None:
        self._shared = shared
        self._keys = deployment_keys(deployment, "breaker", "failures", "successes")
        self._policy = policy.for_script()

    async def admit(self, call: str) -> Admission:
        kind, wait = await self._shared.run(_ADMIT, self._keys[:1], {**self._policy, "call": call})
        return Admission(kind != b"open", is_probe=kind == b"probe", wait=wait / 1000)

    async def report(self, call: str, verdict: Verdict) -> Change:
        ask = {**self._policy, "call": call, "verdict": verdict}
        change: bytes = await self._shared.run(_REPORT, self._keys, ask)
        return Change(change.decode())


_ADMIT = """
local breaker = KEYS[1]
local state = redis.call('HMGET', breaker, 'until', 'probe', 'probe_until')
if not state[1] then return {'closed', 0} end
if state[2] ~= ask.call then
  local wait = math.max(tonumber(state[1]), tonumber(state[3] or 0)) - now
  if wait > 0 then return {'open', wait} end
end
redis.call('HSET', breaker, 'probe', ask.call, 'probe_until', now + ask.probe)
return {'probe', 0}
"""

_REPORT = """
local breaker, failures, successes = KEYS[1], KEYS[2], KEYS[3]

local function open(times)
  local lasts = math.min(ask.open * 2 ^ math.min(times - 1, ask.most_doublings), ask.longest_open)
  redis.call('DEL', breaker, failures, successes)
  redis.call('HSET', breaker, 'until', now + lasts, 'times', times)
  -- A deployment that nobody asks for any more is forgotten.
  redis.call('PEXPIRE', breaker, lasts + 24 * 3600 * 1000)
  return 'opened'
end

local state = redis.call('HMGET', breaker, 'until', 'probe', 'times')
if state[1] then
  if state[2] ~= ask.call then return 'none' end
  if ask.verdict == 'bad' then return open(tonumber(state[3]) + 1) end
  if ask.verdict == 'good' then
    redis.call('DEL', breaker)
    return 'closed'
  end
  redis.call('HDEL', breaker, 'probe', 'probe_until')
  return 'none'
end
if ask.verdict == 'none' then return 'none' end

redis.call('ZADD', ask.verdict == 'bad' and failures or successes, now, ask.call)
local counts = {}
for place, outcomes in ipairs({failures, successes}) do
  redis.call('ZREMRANGEBYSCORE', outcomes, '-inf', now - ask.window)
  redis.call('PEXPIRE', outcomes, ask.window)
  counts[place] = redis.call('ZCARD', outcomes)
end
local calls = counts[1] + counts[2]
if calls >= ask.least_calls and counts[1] >= ask.failure_rate * calls then return open(1) end
return 'none'
"""


class ProcessBreakerState:
    """The same rules for one process alone, for as long as Redis is away."""

    def __init__(self, clock: Clock, policy: BreakerPolicy) -> None:
        self._clock = clock
        self._policy = policy
        self._outcomes: deque[tuple[float, bool]] = deque()
        self._open_until: float | None = None
        self._times = 0
        self._probe: str | None = None
        self._probe_until = 0.0

    async def admit(self, call: str) -> Admission:
        now = self._clock.monotonic()
        if self._open_until is None:
            return Admission(is_allowed=True)
        wait = max(self._open_until, self._probe_until if self._probe else 0.0) - now
        if wait > 0 and call != self._probe:
            return Admission(is_allowed=False, wait=wait)
        self._probe, self._probe_until = call, now + self._policy.probe
        return Admission(is_allowed=True, is_probe=True)

    async def report(self, call: str, verdict: Verdict) -> Change:
        if self._open_until is None:
            return self._count(verdict)
        if call != self._probe:
            return Change.NONE
        self._probe = None
        if verdict is Verdict.BAD:
            return self._open(self._times + 1)
        if verdict is Verdict.GOOD:
            self._open_until = None
            return Change.CLOSED
        return Change.NONE

    def _count(self, verdict: Verdict) -> Change:
        if verdict is Verdict.NONE:
            return Change.NONE
        now = self._clock.monotonic()
        self._outcomes.append((now, verdict is Verdict.BAD))
        while self._outcomes[0][0] <= now - self._policy.window:
            self._outcomes.popleft()
        calls, failures = len(self._outcomes), sum(is_bad for _, is_bad in self._outcomes)
        if calls >= self._policy.least_calls and failures >= self._policy.failure_rate * calls:
            return self._open(1)
        return Change.NONE

    def _open(self, times: int) -> Change:
        doublings = min(times - 1, MOST_DOUBLINGS)
        lasts = min(self._policy.open * 2**doublings, self._policy.longest_open)
        self._open_until, self._times = self._clock.monotonic() + lasts, times
        self._outcomes.clear()
        return Change.OPENED
