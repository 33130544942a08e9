"""Redis: clients and keys by purpose.

Keys live under a prefix for each purpose in one database, or in the databases 0 to 4 of the
deployment standard (`REDIS_LAYOUT`). Azure Managed Redis has database 0 only, hence the default.
"""

import asyncio
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from modules.backend.core.settings import RedisSettings

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 2.0
CONNECTIONS = 50

REDIS_AWAY = (RedisError, OSError)
"""What redis-py raises when the server is away. Its ConnectionError is not the builtin one."""


class Purpose(Enum):
    """What a key is for: its prefix, and its database in the standard's layout."""

    SESSION = ("icarus:session:", 0)
    STATE = ("icarus:state:", 1)
    TASKS = ("{icarus}:tasks", 2)
    LIMIT = ("icarus:limit:", 3)
    SAILPOINT = ("icarus:sailpoint:", 4)

    @property
    def prefix(self) -> str:
        return self.value[0]

    @property
    def database(self) -> int:
        return self.value[1]


class _Cancellable(AbstractConnection):
    """Sends so that no cancellation gets lost.

    redis-py sends with `asyncio.wait_for`, which before Python 3.12 forgets a cancellation that
    comes when the sending is done: a person's stop, a deadline, the end of a worker.
    """

    async def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        await super().send_packed_command(command, check_health)
        if task and task.cancelling() > before:
            # What was asked will be answered, and nobody is left to read it.
            await self.disconnect(nowait=True)
            raise asyncio.CancelledError


class _PlainConnection(_Cancellable, Connection):
    """Without TLS."""


class _TlsConnection(_Cancellable, SSLConnection):
    """With TLS."""


_CONNECTIONS: dict[type[AbstractConnection], type[AbstractConnection]] = {
    Connection: _PlainConnection,
    SSLConnection: _TlsConnection,
}


class RedisStores:
    """One client for each database in use; keys are made by `key`."""

    def __init__(self, settings: RedisSettings) -> None:
        self._settings = settings
        self._clients: dict[int, Redis] = {}

    def client(self, purpose: Purpose) -> Redis:
        """The client of the purpose's database, made at first use. It connects when it is used."""
        number = self._number(purpose)
        if number not in self._clients:
            self._clients[number] = self._connect(number)
        return self._clients[number]

    def url(self, purpose: Purpose) -> str:
        """The URL of the purpose's database, for libraries that connect by themselves."""
        return self._url(self._number(purpose))

    @staticmethod
    def key(purpose: Purpose, *parts: object) -> str:
        return purpose.prefix + ":".join(str(p) for p in parts)

    def _connect(self, number: int) -> Redis:
        options: dict[str, Any] = {
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            "max_connections": CONNECTIONS,
            "timeout": ANSWER_SECONDS,
            "health_check_interval": 10,
            # Who calls decides whether to try again: a log entry must not be appended twice.
            "retry": Retry(NoBackoff(), 0),
        }
        pool = BlockingConnectionPool.from_url(self._url(number), **options)
        pool.connection_class = _CONNECTIONS[pool.connection_class]
        return Redis(connection_pool=pool)

    def _number(self, purpose: Purpose) -> int:
        return purpose.database if self._settings.redis_layout == "databases" else 0

    def _url(self, number: int) -> str:
        """The URL with the number of the database; a number in a URL wins over one in options."""
        base = self._settings.redis_url.get_secret_value()
        if self._settings.redis_layout == "prefixes":
            return base
        return urlsplit(base)._replace(path=f"/{number}").geturl()

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose(close_connection_pool=True)
