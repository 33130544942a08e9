"""PostgreSQL: the engine, and the one place that commits."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import QueuePool

from modules.backend.core.errors import Unavailable
from modules.backend.core.settings import DatabaseSettings, asks_for_tls

Session = AsyncSession
"""What services hand to repositories, without knowing whose it is."""

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30


_AWAY = ("08", "57P01", "57P02", "57P03", "53300")
"""SQLSTATEs of a server that breaks off, shuts down, starts up, or takes no more connections."""


class Database:
    """A pool of connections and the two ways to use one.

    Nothing may be awaited inside `transaction` or `read` but the database: a connection that waits
    for a model or a socket is one that nobody else has.
    """

    def __init__(
        self,
        settings: DatabaseSettings,
        *,
        size: int | None = None,
        statement_seconds: float = STATEMENT_SECONDS,
    ) -> None:
        """`size` bounds the pool instead of what the settings say."""
        url, connect_args = connection(settings)
        connect_args["command_timeout"] = statement_seconds
        self.engine = create_async_engine(
            url,
            connect_args=connect_args,
            pool_size=size or settings.database_pool_size,
            max_overflow=settings.database_max_overflow if size is None else 0,
            pool_timeout=settings.database_pool_timeout,
            pool_recycle=settings.database_pool_recycle,
            pool_pre_ping=True,
            # What a statement was given is what people wrote: no error may carry it into a log.
            hide_parameters=True,
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One unit of work: committed when the block ends well, rolled back when it raises.

        Raises Unavailable when PostgreSQL is away or the pool is exhausted. After that the outcome
        of a commit may be unknown: whoever cares reads it back.
        """
        with _Translated():
            async with self._sessions.begin() as session:
                yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for statements that change nothing. Raises Unavailable as `transaction`."""
        with _Translated():
            async with self._sessions() as session:
                yield session

    async def ping(self) -> None:
        """Raises Unavailable when PostgreSQL does not answer."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    def in_use(self) -> int:
        """Connections that somebody holds now."""
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout()

    async def close(self) -> None:
        await self.engine.dispose()


class _Translated:
    """Turns the driver's ways of saying "away" into Unavailable."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if error is not None and is_away(error):
            raise Unavailable(
                "unavailable", "Your conversations cannot be reached right now. Try again soon."
            ) from error


def is_away(error: BaseException) -> bool:
    """Whether the error says that PostgreSQL could not be reached or asked."""
    if isinstance(error, OSError | PoolTimeout | OperationalError | InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return bool(error.connection_invalidated) or state.startswith(_AWAY)


def connection(
    settings: DatabaseSettings, *, migrating: bool = False
) -> tuple[URL, dict[str, Any]]:
    """The URL without its TLS parameters, and what asyncpg is told instead.

    asyncpg does not know libpq's `sslmode`, which is what people paste. `require` is honoured in
    the stronger sense: the server's certificate is checked.
    """
    secret = settings.database_url
    if migrating and settings.database_migration_url is not None:
        secret = settings.database_migration_url
    text_url = secret.get_secret_value()
    url = make_url(text_url)
    arguments: dict[str, Any] = {
        "timeout": CONNECT_SECONDS,
        "command_timeout": None if migrating else STATEMENT_SECONDS,
        "ssl": ssl.create_default_context() if asks_for_tls(text_url) else False,
    }
    if settings.database_pooler == "pgbouncer":
        # In transaction mode two statements may meet two servers: nothing may be prepared by name.
        arguments |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
    return url.difference_update_query(["sslmode", "ssl"]), arguments
