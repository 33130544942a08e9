"""What processes know together about the deployments of models: Lua scripts in Redis.

Redis's own clock is the time of the scripts: machines whose clocks differ would otherwise judge
each other's heartbeats and pauses wrongly. Only tests bring a time of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from redis.commands.core import AsyncScript

from modules.backend.core.clock import Clock
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY, Purpose, RedisStores

log = get_logger(__name__)

TRY_AGAIN_SECONDS = 1.0

_PRELUDE = """
local ask = cjson.decode(ARGV[1])
local now = ask.now
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
"""


class Away(Exception):
    """Redis does not answer. The process decides by itself until it does."""


class SharedState:
    """Runs scripts. One for a process, so that one of its parts finds Redis away for all."""

    def __init__(
        self, stores: RedisStores, clock: Clock, *, now: Callable[[], int] | None = None
    ) -> None:
        """now: milliseconds for the scripts, instead of Redis's clock"""
        self._redis = stores.client(Purpose.LIMIT)
        self._clock = clock
        self._now = now
        self._scripts: dict[str, AsyncScript] = {}
        self._try_again_at: float | None = None

    async def run(self, script: str, keys: Sequence[str], ask: Mapping[str, Any]) -> Any:
        """What the script returns; it finds `ask` and `now` (milliseconds) as locals.

        Raises Away, without asking Redis if it was away a moment ago.
        """
        if self._try_again_at is not None:
            if self._clock.monotonic() < self._try_again_at:
                raise Away
            # Whoever comes meanwhile does not wait for the outcome of this.
            self._try_again_at = self._clock.monotonic() + TRY_AGAIN_SECONDS
        timed = {**ask, "now": self._now()} if self._now else ask
        try:
            answer = await self._script(script)(keys=keys, args=[orjson.dumps(timed)])
        except REDIS_AWAY as error:
            self._lost(error)
            raise Away from error
        if self._try_again_at is not None:
            self._try_again_at = None
            log.info("llm.shared_state_back")
        return answer

    def _script(self, text: str) -> AsyncScript:
        if text not in self._scripts:
            self._scripts[text] = self._redis.register_script(_PRELUDE + text)
        return self._scripts[text]

    def _lost(self, error: Exception) -> None:
        if self._try_again_at is None:
            log.warning("llm.shared_state_away", error=type(error).__name__, why=str(error)[:200])
        self._try_again_at = self._clock.monotonic() + TRY_AGAIN_SECONDS


def deployment_keys(deployment: str, *names: str) -> list[str]:
    """Keys of one deployment. They share a hash tag, so that one script may touch them all."""
    tag = f"{{llm:{deployment}}}"
    return [RedisStores.key(Purpose.LIMIT, tag, name) for name in names]
