"""Limits per person and per address, counted in Redis for all processes.

The package `limits` counts in fixed windows of a minute: one command each, and the time at which
a window ends is exactly what `Retry-After` says. While Redis is away, or slow, each process counts
for itself under the same bounds: nobody is locked out by our store, and nothing is unbounded.
"""

import math
import time
from uuid import UUID

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter

from modules.backend.core.clock import Clock
from modules.backend.core.errors import TooMany
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY, Purpose, RedisStores
from modules.backend.core.settings_security import LimitSettings

log = get_logger(__name__)

LOCAL_SECONDS = 5.0
"""How long a process counts for itself after Redis failed, before it asks again."""
KIBIBYTE = 1024
WAIT = "You are sending more than can be taken. Wait a moment and try again."


class Limits:
    """Each method raises TooMany with the time to wait, and nothing else."""

    def __init__(self, settings: LimitSettings, stores: RedisStores, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        pool = stores.client(Purpose.LIMIT).connection_pool
        shared = RedisStorage(
            stores.url(Purpose.LIMIT),
            implementation="redispy",
            key_prefix=RedisStores.key(Purpose.LIMIT, "rate"),
            connection_pool=pool,  # type: ignore[arg-type]  # it hands on any option
        )
        self._shared = FixedWindowRateLimiter(shared)
        self._local = FixedWindowRateLimiter(MemoryStorage())
        self._local_until = float("-inf")
        self._calls = RateLimitItemPerMinute(settings.limit_calls_per_minute)
        self._messages = RateLimitItemPerMinute(settings.limit_messages_per_minute)
        self._sent = RateLimitItemPerMinute(settings.limit_kibibytes_per_minute)
        self._refused = RateLimitItemPerMinute(settings.limit_refused_per_minute)

    @property
    def are_on(self) -> bool:
        return self._settings.limits == "on"

    async def call(self, person_id: UUID, size: int) -> None:
        """A REST call of a person with a body of so many bytes."""
        await self._take(self._calls, "calls", person_id)
        if size:
            await self.sent(person_id, size)

    async def message(self, person_id: UUID) -> None:
        """A run that a person starts."""
        await self._take(self._messages, "messages", person_id)

    async def sent(self, person_id: UUID, size: int) -> None:
        """So many bytes that a person sends at once."""
        await self._take(self._sent, "sent", person_id, cost=max(1, size // KIBIBYTE))

    async def refused(self, address: str) -> None:
        """A sign-in from this address that did not hold."""
        await self._take(self._refused, "refused", address)

    async def _take(self, item: RateLimitItem, name: str, whose: object, cost: int = 1) -> None:
        if not self.are_on:
            return
        if self._clock.monotonic() >= self._local_until:
            try:
                await self._hit(self._shared, item, name, str(whose), cost)
                return
            except REDIS_AWAY as error:
                self._local_until = self._clock.monotonic() + LOCAL_SECONDS
                log.warning("limits.local", error=type(error).__name__)
        await self._hit(self._local, item, name, str(whose), cost)

    @staticmethod
    async def _hit(
        limiter: FixedWindowRateLimiter, item: RateLimitItem, name: str, whose: str, cost: int
    ) -> None:
        if await limiter.hit(item, name, whose, cost=cost):
            return
        window = await limiter.get_window_stats(item, name, whose)
        # The package tells the end of a window by the system's clock.
        wait = max(1, math.ceil(window.reset_time - time.time()))
        log.info("limits.used_up", limit=name, whose=whose)
        raise TooMany("too_many", WAIT, retry_after=wait)
