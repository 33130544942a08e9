"""Restoring to a server of its own, on real databases: what is found, and that it goes away."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from scripts.restore_test import Contents, contents, differences
from tests.delivery.cloud import Cloud
from tests.delivery.packages import package_with_migration
from tests.delivery.test_migrate import SECRET, put_secret
from tests.fixtures.migrations import alembic, tables
from tests.fixtures.stores import ROOT

pytestmark = pytest.mark.integration

DELETE = "postgres flexible-server delete"
LIVE = Contents("0005", {"runs": 10, "messages": 20})


@pytest.mark.parametrize(
    ("copy", "found"),
    [
        (LIVE, []),
        (Contents("0005", {"runs": 11, "messages": 20}), []),
        (Contents("0004", LIVE.rows), ["schema 0004 instead of 0005"]),
        (Contents("0005", {"runs": 10}), ["no table messages"]),
        (Contents("0005", {"runs": 9, "messages": 20}), ["runs: 9 rows instead of 10"]),
    ],
)
def test_what_a_copy_lacks_is_named(copy: Contents, found: list[str]) -> None:
    assert differences(LIVE, copy) == found


def restored_from(cloud: Cloud, url: str) -> Cloud:
    """The copy is the database itself under its host's other name."""
    put_secret(cloud, "icarus-chatbot-kv-dev", SECRET, url)
    host = make_url(url).host
    cloud.save(restored_host="localhost" if host == "127.0.0.1" else host)
    return cloud


@pytest.fixture
def restored(cloud: Cloud, database_url: str) -> Cloud:
    return restored_from(cloud, database_url)


@pytest.fixture
def migratable(cloud: Cloud, empty_database: str) -> Cloud:
    """A copy whose schema the test may change."""
    assert alembic("upgrade", "head", DATABASE_URL=empty_database).returncode == 0
    return restored_from(cloud, empty_database)


def restore(cloud: Cloud, *more: str):
    return cloud.run("restore_test", "--environment", "dev", *more)


def test_a_whole_copy_is_told_with_its_figures(restored: Cloud) -> None:
    done = restore(restored)

    assert done.returncode == 0, done.stderr
    (record,) = restored.log()
    assert record["outcome"] == "succeeded"
    assert "restored in" in record["note"]
    assert re.search(r"\d+ tables, \d+ rows", record["note"])
    (call,) = restored.calls("postgres flexible-server restore")
    assert "--source-server icarus-chatbot-db-dev" in call
    assert "--subnet /db --private-dns-zone /dns" in call


def test_a_restore_that_fails_is_cleared_away(restored: Cloud) -> None:
    restored.fail("postgres flexible-server restore", "The restore did not finish.")

    done = restore(restored)

    assert done.returncode == 1
    assert len(restored.calls(DELETE)) == 1
    assert "did not finish" in restored.log()[0]["note"]


def test_a_release_without_migrations_needs_no_copy(restored: Cloud) -> None:
    done = restore(restored, "--package", str(ROOT))

    assert "no migration to try" in done.stdout
    assert restored.calls("postgres flexible-server restore") == []


def test_before_the_first_migration_there_is_nothing_to_try(
    cloud: Cloud, empty_database: str
) -> None:
    done = restore(restored_from(cloud, empty_database), "--package", str(ROOT))

    assert done.returncode == 0, done.stderr
    assert "the database is empty" in done.stdout
    assert cloud.calls("postgres flexible-server restore") == []


def test_migrations_are_tried_on_the_copy(
    migratable: Cloud, empty_database: str, tmp_path: Path
) -> None:
    package = package_with_migration(tmp_path, "CREATE TABLE tried (id int)")

    done = restore(migratable, "--package", str(package))

    assert done.returncode == 0, done.stderr
    assert "tried" in tables(empty_database)
    assert "the migrations ran on it" in migratable.log()[0]["note"]


def test_a_migration_that_fails_on_the_copy_ends_the_deployment(
    restored: Cloud, tmp_path: Path
) -> None:
    package = package_with_migration(tmp_path, "SELECT 1/0")

    done = restore(restored, "--package", str(package))

    assert done.returncode == 1
    assert "division by zero" in done.stderr
    assert len(restored.calls(DELETE)) == 1


async def test_rows_are_counted_up_to_the_moment_of_the_restore(empty_database: str) -> None:
    connection = await asyncpg.connect(empty_database.replace("+asyncpg", ""))
    await connection.execute(
        "CREATE TABLE alembic_version (version_num text);"
        "INSERT INTO alembic_version VALUES ('0001');"
        "CREATE TABLE dated (created_at timestamptz);"
        "INSERT INTO dated VALUES (now() - interval '1 hour'), (now());"
        "CREATE TABLE plain (id int);"
        "INSERT INTO plain VALUES (1), (2), (3);"
    )
    await connection.close()

    found = await contents(empty_database, datetime.now(UTC) - timedelta(minutes=5))

    assert found == Contents("0001", {"dated": 1, "plain": 3})
