"""Which of several processes leads."""

from datetime import timedelta

from redis.asyncio import Redis

from modules.backend.services.jobs import scripts


class Leader:
    """A lock with an expiry, renewed by whoever holds it. It spares work and proves nothing:
    what must not happen twice is refused where it happens."""

    def __init__(self, redis: Redis, key: str, *, me: str, lease: timedelta) -> None:
        self._key = key
        self._me = me
        self._lease = int(lease.total_seconds() * 1000)
        self._lead = redis.register_script(scripts.LEAD)
        self._resign = redis.register_script(scripts.RESIGN)

    async def leads(self) -> bool:
        """Takes or renews the lock; False while somebody else has it."""
        return bool(await self._lead(keys=[self._key], args=[self._me, self._lease]))

    async def resign(self) -> None:
        """Lets the next one lead at once."""
        await self._resign(keys=[self._key], args=[self._me])
