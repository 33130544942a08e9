"""The open sockets: how many a person has in all processes, and how many an address keeps waiting.

A person's sockets stand in a sorted set in Redis, each with the time at which it is forgotten if
its process does not say that it lives. While Redis is away a process counts its own.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from modules.backend.core.errors import TooMany
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY, Purpose, RedisStores
from modules.backend.core.settings_security import LimitSettings

log = get_logger(__name__)

FORGOTTEN_SECONDS = 90
RENEWED_SECONDS = 30.0
WAIT_SECONDS = 10

_OPEN = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
_RENEW = """
local ends = tonumber(redis.call('TIME')[1]) + tonumber(ARGV[1])
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], ends, ARGV[i]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""


class Sockets:
    def __init__(self, settings: LimitSettings, stores: RedisStores, capacity: int) -> None:
        """`capacity` is how many sockets this process takes in all."""
        self._settings = settings
        self._capacity = capacity
        self._redis = stores.client(Purpose.LIMIT)
        self._opening = self._redis.register_script(_OPEN)
        self._renewing = self._redis.register_script(_RENEW)
        self._waiting: Counter[str] = Counter()
        self._open: dict[UUID, set[str]] = {}
        self._count = 0

    @property
    def _are_on(self) -> bool:
        return self._settings.limits == "on"

    @contextmanager
    def waiting(self, address: str) -> Iterator[None]:
        """A socket that has not signed in. Raises TooMany if the address keeps too many."""
        if self._are_on and self._waiting[address] >= self._settings.limit_waiting_sockets:
            log.info("sockets.too_many_waiting", address=address)
            raise _too_many()
        self._waiting[address] += 1
        try:
            yield
        finally:
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address]

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place in this process. Raises TooMany if it is full."""
        if self._are_on and self._count >= self._capacity:
            log.warning("sockets.full", capacity=self._capacity)
            raise _too_many()
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1

    @asynccontextmanager
    async def of(self, person_id: UUID) -> AsyncIterator[None]:
        """A socket of a person. Raises TooMany if they have too many."""
        socket_id = uuid.uuid4().hex
        mine = self._open.setdefault(person_id, set())
        try:
            if self._are_on:
                await self._begin(person_id, socket_id, len(mine))
            mine.add(socket_id)
            yield
        finally:
            mine.discard(socket_id)
            if not mine:
                self._open.pop(person_id, None)
            await self._forget(person_id, socket_id)

    async def serve(self) -> None:
        """Says that this process's sockets live, until cancelled."""
        while True:
            await asyncio.sleep(RENEWED_SECONDS)
            try:
                for person_id, sockets in tuple(self._open.items()):
                    arguments: list[str | int] = [FORGOTTEN_SECONDS, *sockets]
                    await self._renewing(keys=[_key(person_id)], args=arguments)
            except REDIS_AWAY as error:
                log.warning("sockets.not_renewed", error=type(error).__name__)

    async def _begin(self, person_id: UUID, socket_id: str, here: int) -> None:
        allowed = self._settings.limit_sockets
        try:
            arguments: list[str | int] = [socket_id, allowed, FORGOTTEN_SECONDS]
            fits = await self._opening(keys=[_key(person_id)], args=arguments)
        except REDIS_AWAY as error:
            log.warning("sockets.local", error=type(error).__name__)
            fits = here < allowed
        if not fits:
            raise _too_many()

    async def _forget(self, person_id: UUID, socket_id: str) -> None:
        if not self._are_on:
            return
        try:
            await self._redis.zrem(_key(person_id), socket_id)
        except REDIS_AWAY as error:
            log.warning("sockets.not_forgotten", error=type(error).__name__)


def _key(person_id: UUID) -> str:
    return RedisStores.key(Purpose.LIMIT, "sockets", person_id)


def _too_many() -> TooMany:
    return TooMany(
        "too_many_sockets",
        "There are too many open connections. Close a page, and try again in a moment.",
        retry_after=WAIT_SECONDS,
    )
