"""Signals between processes over Redis publish/subscribe.

A signal says only that something is to be looked at; what it is stands in PostgreSQL or in a log.
So a lost signal costs a moment, never a fact: whoever waits also looks by itself now and then.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from redis.asyncio.client import PubSub

from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY, Purpose, RedisStores

log = get_logger(__name__)

Listener = Callable[[bytes], None]

RETRY_SECONDS = 0.5
QUIET_SECONDS = 5.0
_QUIET_CHANNEL = RedisStores.key(Purpose.STATE, "quiet")


class Bells:
    """One subscription connection for the process, shared by all who listen."""

    def __init__(self, stores: RedisStores) -> None:
        self._redis = stores.client(Purpose.STATE)
        self._pubsub: PubSub | None = None
        self._listeners: dict[str, set[Listener]] = {}

    @asynccontextmanager
    async def listening(self, channel: str, listener: Listener) -> AsyncIterator[None]:
        """Calls the listener with each signal on the channel while the block runs.

        It is also called, with nothing, when signals may have been missed.
        """
        is_new = channel not in self._listeners
        self._listeners.setdefault(channel, set()).add(listener)
        if is_new and self._pubsub is not None:
            await self._tell(self._pubsub.subscribe(channel))
        try:
            yield
        finally:
            self._listeners[channel].discard(listener)
            if not self._listeners[channel]:
                del self._listeners[channel]
                if self._pubsub is not None:
                    await self._tell(self._pubsub.unsubscribe(channel))

    async def ring(self, channel: str, payload: bytes = b"") -> None:
        """Sends a signal. Redis being away is no error: see the module."""
        await self._tell(self._redis.publish(channel, payload))

    async def serve(self) -> None:
        """Receives signals until cancelled; a lost connection is made anew."""
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await self._receive(pubsub)
            except REDIS_AWAY as error:
                log.warning("bells.lost", error=type(error).__name__)
            finally:
                self._pubsub = None
            await asyncio.sleep(RETRY_SECONDS)

    async def _receive(self, pubsub: PubSub) -> None:
        self._pubsub = pubsub
        # A subscription nobody rings keeps the connection in the state of being subscribed.
        await pubsub.subscribe(_QUIET_CHANNEL, *self._listeners)
        for channel in tuple(self._listeners):
            self._hand_on(channel, b"")
        while True:
            message = await pubsub.get_message(timeout=QUIET_SECONDS)
            if message is not None:
                self._hand_on(message["channel"].decode(), message["data"])

    def _hand_on(self, channel: str, payload: bytes) -> None:
        for listener in tuple(self._listeners.get(channel, ())):
            listener(payload)

    @staticmethod
    async def _tell(command: Awaitable[object]) -> None:
        try:
            await command
        except REDIS_AWAY as error:
            log.warning("bells.not_told", error=type(error).__name__)


HANDED_OVER = RedisStores.key(Purpose.STATE, "handed-over")
"""Rings when a process has given its runs back: whoever may claim them looks at once."""


def run_bell(run_id: object) -> str:
    """Rings when the run's log has grown."""
    return RedisStores.key(Purpose.STATE, "run", run_id)


def person_bell(person_id: object) -> str:
    """Carries notices to the open pages of a person."""
    return RedisStores.key(Purpose.STATE, "person", person_id)


def process_bell(process_id: object) -> str:
    """Carries the id of a run that its owner should stop."""
    return RedisStores.key(Purpose.STATE, "process", process_id)
