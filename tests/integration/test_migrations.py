"""Migrations: there and back again, on a database of their own."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from modules.backend.models import Base
from tests.fixtures.migrations import Done, alembic, execute, tables

pytestmark = pytest.mark.integration

ALL_TABLES = {*Base.metadata.tables, "alembic_version"}


def succeeded(*runs: Done) -> bool:
    for run in runs:
        assert run.returncode == 0, run.stdout + run.stderr
    return True


def test_up_and_down_and_up_again(empty_database: str) -> None:
    settings = {"DATABASE_URL": f"{empty_database}?sslmode=disable"}

    assert succeeded(alembic("upgrade", "head", **settings))
    assert tables(empty_database) == ALL_TABLES
    assert succeeded(alembic("check", **settings))

    assert succeeded(alembic("downgrade", "base", **settings))
    assert tables(empty_database) == {"alembic_version"}

    assert succeeded(alembic("upgrade", "head", **settings))
    assert succeeded(alembic("check", **settings))


def test_a_second_upgrade_changes_nothing(empty_database: str) -> None:
    assert succeeded(alembic("upgrade", "head", DATABASE_URL=empty_database))
    before = execute(empty_database, "SELECT version_num FROM alembic_version")

    assert succeeded(alembic("upgrade", "head", DATABASE_URL=empty_database))
    assert execute(empty_database, "SELECT version_num FROM alembic_version") == before


def test_two_deployments_at_once_take_turns(empty_database: str) -> None:
    with ThreadPoolExecutor() as deployments:
        runs = deployments.map(
            lambda _: alembic("upgrade", "head", DATABASE_URL=empty_database), range(2)
        )

    assert succeeded(*runs)
    assert tables(empty_database) == ALL_TABLES


def test_a_database_that_was_changed_by_hand_is_noticed(empty_database: str) -> None:
    assert succeeded(alembic("upgrade", "head", DATABASE_URL=empty_database))
    execute(empty_database, "ALTER TABLE conversations DROP COLUMN title")

    assert alembic("check", DATABASE_URL=empty_database).returncode != 0


def test_the_direct_address_is_preferred(empty_database: str) -> None:
    nowhere = "postgresql+asyncpg://icarus@127.0.0.1:1/icarus"

    assert succeeded(
        alembic("upgrade", "head", DATABASE_URL=nowhere, DATABASE_MIGRATION_URL=empty_database)
    )


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", "DATABASE_URL: is not set"),
        ("@Microsoft.KeyVault(SecretUri=x)", "DATABASE_URL: still holds a placeholder"),
        ("postgres://icarus@db.example/icarus", "DATABASE_URL: must start with postgresql+asyncpg"),
    ],
)
def test_a_missing_or_wrong_address_is_named(url: str, fault: str) -> None:
    run = alembic("upgrade", "head", DATABASE_URL=url)

    assert run.returncode != 0
    assert fault in run.stderr
