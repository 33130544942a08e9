"""Any single change in any row of the audit is found, and named."""

import json
import subprocess
import sys

import asyncpg
import pytest
import pytest_asyncio

from modules.backend.services.audit.chain import Head
from tests.fixtures.stores import ROOT
from tests.integration.audit.conftest import Archive

pytestmark = pytest.mark.integration

LINKS = 12
OTHER = "'00000000-0000-0000-0000-00000000abcd'"
LATER = "'2030-01-01T00:00:00Z'"
FOREIGN_HASH = "repeat('e', 64)"

OF_RECORDS = {
    "id": OTHER,
    "at": "at + interval '1 microsecond'",
    "kind": "'run.accepted'",
    "actor_id": "NULL",
    "conversation_id": OTHER,
    "run_id": OTHER,
    "proposal_id": "NULL",
    "details": "replace(details, 'finished', 'finisheD')",
}
OF_LINKS = {
    "position": "position + 1000",
    "record_id": OTHER,
    "record_hash": FOREIGN_HASH,
    "previous": FOREIGN_HASH,
    "digest": FOREIGN_HASH,
    "linked_at": "linked_at - interval '1 microsecond'",
}


@pytest_asyncio.fixture
async def chain(archive: Archive) -> Archive:
    await archive.write(LINKS)
    assert (await archive.verify()).holds
    await archive.keep()
    return archive


async def test_there_is_a_change_of_every_column(chain: Archive) -> None:
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = '{}'"
    for table, changes in (("audit_records", OF_RECORDS), ("audit_links", OF_LINKS)):
        found = {row["column_name"] for row in await fetch(chain, columns.format(table))}
        assert found == changes.keys()


@pytest.mark.parametrize("column", OF_RECORDS)
async def test_a_record_that_was_changed_is_named(chain: Archive, column: str) -> None:
    for position in range(1, LINKS + 1):
        await chain.by_hand(
            f"UPDATE audit_records SET {column} = {OF_RECORDS[column]} WHERE id = "
            f"(SELECT record_id FROM audit_links WHERE position = {position})"
        )
        faults = await chain.faults()
        await chain.restore()

        code = "record_missing" if column == "id" else "record_altered"
        assert faults == {(code, position)}, position
    assert (await chain.verify()).holds


@pytest.mark.parametrize("column", OF_LINKS)
async def test_a_link_that_was_changed_is_named(chain: Archive, column: str) -> None:
    for position in range(1, LINKS + 1):
        await chain.by_hand(
            f"UPDATE audit_links SET {column} = {OF_LINKS[column]} WHERE position = {position}"
        )
        faults = await chain.faults()
        await chain.restore()

        moved = position + 1000 if column == "position" else position
        assert ("link_altered", moved) in faults, (position, faults)


@pytest.mark.parametrize("table", ["audit_records", "audit_links"])
async def test_a_row_that_was_removed_is_named(chain: Archive, table: str) -> None:
    for position in range(1, LINKS):
        where = {
            "audit_records": f"id = (SELECT record_id FROM audit_links WHERE position={position})",
            "audit_links": f"position = {position}",
        }
        await chain.by_hand(f"DELETE FROM {table} WHERE {where[table]}")
        faults = await chain.faults()
        await chain.restore()

        code = "record_missing" if table == "audit_records" else "link_missing"
        assert (code, position) in faults


async def test_two_records_that_changed_places_are_named(chain: Archive) -> None:
    swapped = (
        "UPDATE audit_records AS r SET (at, kind, run_id, details) = "
        "(SELECT o.at, o.kind, o.run_id, o.details FROM kept_audit_records AS o "
        "JOIN kept_audit_links AS l ON l.record_id = o.id WHERE l.position = {}) "
        "WHERE r.id = (SELECT record_id FROM audit_links WHERE position = {})"
    )
    await chain.by_hand(swapped.format(4, 9), swapped.format(9, 4))

    assert await chain.faults() == {("record_altered", 4), ("record_altered", 9)}


async def test_two_links_that_changed_places_are_named(chain: Archive) -> None:
    await chain.by_hand(
        "UPDATE audit_links SET position = -4 WHERE position = 4",
        "UPDATE audit_links SET position = 4 WHERE position = 9",
        "UPDATE audit_links SET position = 9 WHERE position = -4",
    )

    assert {("link_altered", 4), ("link_altered", 9)} <= await chain.faults()


async def test_a_record_that_was_slipped_in_is_named(chain: Archive) -> None:
    await chain.by_hand(
        "INSERT INTO audit_records (at, kind, details) VALUES ('2026-01-01', 'run.ended', '{}')"
    )
    report = await chain.verify()

    assert [fault.code for fault in report.faults] == ["record_not_linked"]
    assert report.faults[0].record_id is not None


async def test_a_link_that_was_slipped_in_is_named(chain: Archive) -> None:
    await chain.by_hand(
        "INSERT INTO audit_records (id, at, kind, details) "
        f"VALUES ({OTHER}, '2026-01-01', 'run.ended', '{{}}')",
        "INSERT INTO audit_links SELECT position + 1, "
        f"{OTHER}, record_hash, digest, digest, linked_at FROM audit_links "
        f"WHERE position = {LINKS}",
    )

    assert {("link_altered", LINKS + 1), ("record_altered", LINKS + 1)} <= await chain.faults()


async def test_a_tail_that_was_cut_off_shows_against_a_head(chain: Archive) -> None:
    head = await chain.verify()
    await chain.by_hand(
        f"DELETE FROM audit_records WHERE id IN "
        f"(SELECT record_id FROM audit_links WHERE position > {LINKS - 3})",
        f"DELETE FROM audit_links WHERE position > {LINKS - 3}",
    )

    assert (await chain.verify()).holds, "what is left fits together"
    told = (Head(head.last, head.head),)
    assert await chain.faults(heads=told) == {("head_missing", LINKS)}


async def test_a_history_that_was_made_anew_shows_against_a_head(chain: Archive) -> None:
    head = await chain.verify()
    await chain.by_hand("DELETE FROM audit_records", "DELETE FROM audit_links")
    await chain.write(LINKS)

    assert (await chain.verify()).holds
    told = (Head(head.last, head.head),)
    assert await chain.faults(heads=told) == {("head_differs", LINKS)}


async def test_the_command_says_so_and_fails(chain: Archive) -> None:
    await chain.by_hand(
        "UPDATE audit_records SET kind = 'x' WHERE id = "
        "(SELECT record_id FROM audit_links WHERE position = 5)"
    )
    broken = verify_by_command(chain.url)

    assert broken.returncode == 1
    (fault,) = json.loads(broken.stdout)["faults"]
    assert (fault["code"], fault["position"]) == ("record_altered", 5)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET {} = {}",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
    ],
)
@pytest.mark.parametrize("table", ["audit_records", "audit_links"])
async def test_even_who_owns_the_tables_is_refused(
    chain: Archive, table: str, statement: str
) -> None:
    column = "kind" if table == "audit_records" else "digest"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await fetch(chain, statement.format(table, column, column))


def verify_by_command(url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modules.backend.audit_verify"],
        cwd=ROOT,
        env={"DATABASE_URL": url, "ICARUS_ENV_FILE": "/dev/null", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


async def fetch(chain: Archive, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(chain.url.replace("+asyncpg", ""))
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()
