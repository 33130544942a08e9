"""A database with the audit alone, and hands that no trigger stops."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from unittest import mock

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import make_url

from modules.backend.core.clock import SystemClock
from modules.backend.core.database import Database
from modules.backend.core.settings import DatabaseSettings
from modules.backend.services.audit import trail
from modules.backend.services.audit.linking import Linking
from modules.backend.services.audit.trail import Kind
from modules.backend.services.audit.verifying import Report, Verifier
from tests.fixtures.migrations import alembic, execute

LONG_AGO = datetime(2024, 5, 1, 8, 0, tzinfo=UTC)
TABLES = ("audit_records", "audit_pending", "audit_links", "audit_checkpoints")


class Past(SystemClock):
    """A clock in the past, which goes on by a second whenever it is asked."""

    def __init__(self, moment: datetime = LONG_AGO) -> None:
        self.moment = moment

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


class Archive:
    """The audit of a database of its own."""

    def __init__(self, url: str, database: Database) -> None:
        self.url = url
        self.database = database

    async def write(self, count: int, *, clock: SystemClock | None = None) -> None:
        """Records and links so many facts."""
        clock = clock or SystemClock()
        for number in range(count):
            async with self.database.transaction() as session:
                await trail.record(
                    session,
                    clock.now(),
                    Kind.RUN_ENDED,
                    actor=uuid.UUID(int=7),
                    conversation=uuid.UUID(int=8),
                    run=uuid.uuid4(),
                    proposal=uuid.UUID(int=9),
                    status="finished",
                    number=number,
                )
        await Linking(self.database, clock).link()

    async def verify(self, **options: object) -> Report:
        return await Verifier(self.database, SystemClock()).verify(**options)

    async def faults(self, **options: object) -> set[tuple[str, int | None]]:
        report = await self.verify(**options)
        return {(fault.code, fault.position) for fault in report.faults}

    async def by_hand(self, *statements: str) -> None:
        """Runs statements as nobody may: past every trigger."""
        connection = await asyncpg.connect(self.url.replace("+asyncpg", ""))
        try:
            await connection.execute("SET session_replication_role = replica")
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def keep(self) -> None:
        """Keeps a copy of what there is."""
        await self.by_hand(
            *(f"DROP TABLE IF EXISTS kept_{t}; CREATE TABLE kept_{t} AS TABLE {t}" for t in TABLES)
        )

    async def restore(self) -> None:
        """Brings the copy back."""
        await self.by_hand(
            *(f"DELETE FROM {t}; INSERT INTO {t} SELECT * FROM kept_{t}" for t in TABLES)
        )


@pytest.fixture(scope="module")
def audit_url(database_server: str) -> Iterator[str]:
    name = f"icarus_audit_{uuid.uuid4().hex}"
    execute(database_server, f'CREATE DATABASE "{name}"')
    url = make_url(database_server).set(database=name).render_as_string(hide_password=False)
    done = alembic("upgrade", "head", DATABASE_URL=url)
    assert done.returncode == 0, done.stdout + done.stderr
    yield url
    execute(database_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def audit_database(audit_url: str) -> AsyncIterator[Database]:
    with mock.patch.dict(os.environ, {"DATABASE_URL": audit_url, "ICARUS_ENV_FILE": os.devnull}):
        database = Database(DatabaseSettings())
    yield database
    await database.close()


@pytest_asyncio.fixture
async def archive(audit_url: str, audit_database: Database) -> Archive:
    """An empty audit."""
    empty = Archive(audit_url, audit_database)
    await empty.by_hand(*(f"DELETE FROM {table}" for table in TABLES))
    return empty
