"""Runs the migrations against `DATABASE_MIGRATION_URL`, or `DATABASE_URL` if that is not set."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from modules.backend.core.config import load_database_settings
from modules.backend.core.database import connection
from modules.backend.models import Base

# A deployment that waits for a lock holds up everybody behind it: rather fail and be tried again.
LOCK_TIMEOUT = "5s"
# A statement holds its locks to the end: a change that takes longer must be cut smaller. Waiting
# for the turn of another deployment counts, too.
STATEMENT_TIMEOUT = "10min"
# Two deployments at once take turns. Any number serves, as long as it stays the same.
MIGRATION_LOCK = 7_145_903


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()


async def main() -> None:
    url, arguments = connection(load_database_settings(), migrating=True)
    engine = create_async_engine(url, connect_args=arguments, poolclass=NullPool)
    async with engine.begin() as conn:
        await conn.run_sync(migrate)
    await engine.dispose()


asyncio.run(main())
