"""The broker class: a Redis stream that survives outages and dead workers."""

import asyncio
from collections.abc import AsyncGenerator

from redis.asyncio import Redis
from taskiq import AckableMessage
from taskiq_redis import RedisStreamBroker

from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY

log = get_logger(__name__)

AGAIN_SECONDS = 1.0
NUDGE = b""
"""A message without a task. Reading it makes the library look for what dead workers left behind,
which it does only after a read that brought something."""


class TaskStream(RedisStreamBroker):
    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Messages for ever; while Redis is away, none."""
        nudging = asyncio.create_task(self._nudge(), name="task nudge")
        try:
            while True:
                try:
                    async for message in super().listen():
                        if message.data == NUDGE:
                            await message.ack()  # type: ignore[misc]  # the library types it as maybe sync
                            continue
                        yield message
                except REDIS_AWAY as error:
                    log.warning("tasks.redis_away", error=type(error).__name__)
                    await asyncio.sleep(AGAIN_SECONDS)
                    await self._make_group()
        finally:
            nudging.cancel()

    async def _make_group(self) -> None:
        """The consumer group goes with a Redis that lost its data."""
        try:
            await self._declare_consumer_group()
        except REDIS_AWAY:
            pass  # still away: the next round says so

    async def _nudge(self) -> None:
        while True:
            await asyncio.sleep(self.idle_timeout / 2000)
            try:
                async with Redis(connection_pool=self.connection_pool) as redis:
                    waiting = await redis.xpending(self.queue_name, self.consumer_group_name)
                    if waiting["pending"]:
                        await redis.xadd(
                            self.queue_name, {b"data": NUDGE}, maxlen=self.maxlen, approximate=True
                        )
            except REDIS_AWAY as error:
                log.warning("tasks.not_nudged", error=type(error).__name__)
