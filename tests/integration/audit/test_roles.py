"""Where the tables belong to another role, the product may add and read, and nothing else."""

import uuid
from collections.abc import Iterator

import asyncpg
import pytest
from sqlalchemy import make_url

from tests.fixtures.migrations import alembic, execute

pytestmark = pytest.mark.integration

REFUSED = [
    "UPDATE audit_records SET kind = 'x'",
    "DELETE FROM audit_records",
    "TRUNCATE audit_records CASCADE",
    "ALTER TABLE audit_records DISABLE TRIGGER ALL",
    "DROP TABLE audit_links",
    "UPDATE audit_links SET digest = 'x'",
    "DELETE FROM audit_links",
    "TRUNCATE audit_links",
    "INSERT INTO audit_checkpoints VALUES (1, 'x', 1, now())",
    "DELETE FROM audit_checkpoints",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION audit_keep() RETURNS trigger LANGUAGE sql AS ''",
]


@pytest.fixture(scope="module")
def product_url(database_server: str) -> Iterator[str]:
    """A database whose tables belong to one role; the address is that of another."""
    name = f"icarus_roles_{uuid.uuid4().hex}"
    owner, product = f"{name}_owner", f"{name}_product"
    for role in (owner, product):
        execute(database_server, f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'secret'")
    execute(database_server, f'CREATE DATABASE "{name}" OWNER "{owner}"')

    def address(role: str) -> str:
        url = make_url(database_server).set(database=name, username=role, password="secret")
        return url.render_as_string(hide_password=False)

    done = alembic(
        "upgrade", "head", DATABASE_URL=address(product), DATABASE_MIGRATION_URL=address(owner)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    yield address(product)
    execute(database_server, f'DROP DATABASE "{name}" WITH (FORCE)')
    for role in (owner, product):
        execute(database_server, f'DROP ROLE "{role}"')


@pytest.mark.parametrize("statement", REFUSED)
def test_what_would_change_it_is_refused(product_url: str, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        execute(product_url, statement)


def test_what_the_product_does_is_allowed(product_url: str) -> None:
    execute(
        product_url,
        "WITH added AS (INSERT INTO audit_records (at, kind, details) "
        "VALUES (now(), 'run.ended', '{}') RETURNING id) "
        "INSERT INTO audit_pending SELECT id FROM added",
    )
    execute(product_url, "SELECT * FROM audit_links")
    execute(product_url, "DELETE FROM audit_pending")
    execute(product_url, "SELECT audit_prune(now() - interval '40 days')")
