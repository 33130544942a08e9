"""Signals between processes over Redis publish/subscribe.

A signal says only that something is to be looked at; what it is stands in PostgreSQL or in a log.
So a lost signal costs a moment, never a fact: whoever waits also looks by itself now and then.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
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
    """One subscription connection for the process, shared by all who listen.

    Only its own two tasks use it: one that was cancelled in the middle of a command would take the
    connection away from everybody.
    """

    def __init__(self, stores: RedisStores) -> None:
        self._redis = stores.client(Purpose.STATE)
        self._listeners: dict[str, set[Listener]] = {}
        self._subscribed: set[str] = set()
        self._is_connected = False
        self._changed = asyncio.Event()
        """Somebody came or left."""
        self._settled = asyncio.Event()
        """Is set when it was seen to, or cannot be, and then replaced."""

    @asynccontextmanager
    async def listening(self, channel: str, listener: Listener) -> AsyncIterator[None]:
        """Calls the listener with each signal on the channel while the block runs.

        It is also called, with nothing, when signals may have been missed.
        """
        self._listeners.setdefault(channel, set()).add(listener)
        try:
            while self._is_connected and channel not in self._subscribed:
                self._changed.set()
                await self._settled.wait()
            yield
        finally:
            self._listeners[channel].discard(listener)
            if not self._listeners[channel]:
                del self._listeners[channel]
                self._changed.set()

    async def ring(self, channel: str, payload: bytes = b"") -> None:
        """Sends a signal. Redis being away is no error: see the module."""
        try:
            await self._redis.publish(channel, payload)
        except REDIS_AWAY as error:
            log.warning("bells.not_told", error=type(error).__name__)

    async def serve(self) -> None:
        """Receives signals until cancelled; a lost connection is made anew."""
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await self._connect(pubsub)
                    async with asyncio.TaskGroup() as both:
                        both.create_task(self._receive(pubsub), name="bells ring")
                        both.create_task(self._follow_listeners(pubsub), name="bells listen")
            except* REDIS_AWAY as errors:
                log.warning("bells.lost", error=type(errors.exceptions[0]).__name__)
            finally:
                self._is_connected = False
                self._subscribed.clear()
                self._settle()
            await asyncio.sleep(RETRY_SECONDS)

    async def _connect(self, pubsub: PubSub) -> None:
        self._subscribed = set(self._listeners)
        # A subscription nobody rings keeps the connection in the state of being subscribed.
        await pubsub.subscribe(_QUIET_CHANNEL, *self._subscribed)
        self._is_connected = True
        for channel in tuple(self._listeners):
            self._hand_on(channel, b"")

    async def _receive(self, pubsub: PubSub) -> None:
        while True:
            message = await pubsub.get_message(timeout=QUIET_SECONDS)
            if message is not None:
                self._hand_on(message["channel"].decode(), message["data"])

    async def _follow_listeners(self, pubsub: PubSub) -> None:
        """Subscribes to what somebody listens to, and to nothing else."""
        while True:
            wanted = set(self._listeners)
            came, left = wanted - self._subscribed, self._subscribed - wanted
            try:
                if came:
                    await pubsub.subscribe(*came)
                if left:
                    await pubsub.unsubscribe(*left)
            except AttributeError as error:  # redis-py: it was closed while this was being sent
                raise ConnectionError("The subscription was lost.") from error
            self._subscribed = wanted
            self._settle()
            await self._changed.wait()
            self._changed.clear()

    def _settle(self) -> None:
        self._settled.set()
        self._settled = asyncio.Event()

    def _hand_on(self, channel: str, payload: bytes) -> None:
        for listener in tuple(self._listeners.get(channel, ())):
            listener(payload)


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
