"""Migrating as the pipeline does: from the package, with the vault's address, past the pooler."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from scripts.migrate import direct
from tests.delivery.cloud import Cloud
from tests.delivery.packages import head, package_with_migration
from tests.fixtures.migrations import execute, tables
from tests.fixtures.stores import ROOT

pytestmark = pytest.mark.integration

SECRET = "chatbot-db-connection-string"


def put_secret(cloud: Cloud, vault: str, name: str, value: str) -> None:
    folder = cloud.folder / "vaults" / vault / name
    folder.mkdir(parents=True)
    secret = {"value": value, "enabled": True, "expires": ""}
    (folder / "000.json").write_text(json.dumps(secret))


def migrate(cloud: Cloud, package: Path, *, environment: str = "dev", **more: str):
    return cloud.run("migrate", "--environment", environment, "--package", str(package), **more)


def revision(url: str) -> str:
    (row,) = execute(url, "SELECT version_num FROM alembic_version")
    return str(row["version_num"])


def test_the_database_comes_to_the_packages_head(cloud: Cloud, empty_database: str) -> None:
    put_secret(cloud, "icarus-chatbot-kv-dev", SECRET, empty_database)

    done = migrate(cloud, ROOT)

    assert done.returncode == 0, done.stderr
    assert revision(empty_database) == head()
    assert "icarus" not in done.stdout.replace("icarus-chatbot-kv", "")


def test_a_migration_that_fails_stops_and_changes_nothing(
    cloud: Cloud, empty_database: str, tmp_path: Path
) -> None:
    put_secret(cloud, "icarus-chatbot-kv-dev", SECRET, empty_database)
    assert migrate(cloud, ROOT).returncode == 0
    broken = package_with_migration(tmp_path, "CREATE TABLE half (id int)", then="SELECT 1/0")

    done = migrate(cloud, broken)

    assert done.returncode == 1
    assert "alembic upgrade head failed" in done.stderr
    assert revision(empty_database) == head()
    assert "half" not in tables(empty_database)


def test_a_lock_that_cannot_be_had_holds_nobody_up(
    cloud: Cloud, empty_database: str, tmp_path: Path
) -> None:
    put_secret(cloud, "icarus-chatbot-kv-dev", SECRET, empty_database)
    assert migrate(cloud, ROOT).returncode == 0
    package = package_with_migration(tmp_path, "ALTER TABLE messages ADD COLUMN late int")

    with locked(empty_database, "messages"):
        done = migrate(cloud, package)

    assert done.returncode == 1
    assert "lock timeout" in done.stderr
    assert revision(empty_database) == head()


@contextmanager
def locked(url: str, table: str) -> Iterator[None]:
    """Somebody reads the table in a transaction that does not end."""
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(asyncpg.connect(url.replace("+asyncpg", "")))
    loop.run_until_complete(connection.execute(f"BEGIN; SELECT count(*) FROM {table}"))
    try:
        yield
    finally:
        loop.run_until_complete(connection.close())
        loop.close()


def test_the_pipelines_log_shows_stars_for_the_address(cloud: Cloud, empty_database: str) -> None:
    put_secret(cloud, "icarus-chatbot-kv-dev", SECRET, empty_database)

    done = migrate(cloud, ROOT, TF_BUILD="True")

    assert done.stdout.splitlines()[0] == f"##vso[task.setsecret]{empty_database}"


def test_a_folder_that_is_no_package_is_refused(cloud: Cloud, tmp_path: Path) -> None:
    put_secret(cloud, "icarus-chatbot-kv-dev", SECRET, "postgresql+asyncpg://u:p@db.example/x")

    done = migrate(cloud, tmp_path)

    assert done.returncode == 1
    assert "has no alembic.ini" in done.stderr


def test_production_is_not_migrated_without_tls(cloud: Cloud) -> None:
    put_secret(cloud, "icarus-chatbot-kv", SECRET, "postgresql+asyncpg://u:p@127.0.0.1/x")

    done = migrate(cloud, ROOT, environment="prod")

    assert done.returncode == 1
    assert "must ask for TLS" in done.stderr


@pytest.mark.parametrize(
    ("url", "host", "expected"),
    [
        ("x://u:p@db:6432/n?sslmode=require", None, "x://u:p@db:5432/n?sslmode=require"),
        ("x://u:p%40@db/n", None, "x://u:p%40@db:5432/n"),
        ("x://u:p@db:6432/n", "copy", "x://u:p@copy:5432/n"),
        ("x://u:p@db:5433/n", None, "x://u:p@db:5433/n"),
    ],
)
def test_migrations_go_past_the_pooler(url: str, host: str | None, expected: str) -> None:
    assert direct(url, host=host) == expected
