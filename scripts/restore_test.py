"""Restores the database to a server of its own, looks whether everything is there, and removes it.

`python -m scripts.restore_test --environment prod [--package FOLDER]`

With a package, its migrations are tried on the copy first: a deployment does that before it touches
production's database. The time until the copy answers is the measured recovery time.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from scripts import deployment_log
from scripts.az import Az
from scripts.migrate import database_url, direct, head, migrate, revision
from scripts.targets import TARGETS, Target
from scripts.terminal import StepFailed, run, say

RECOVERY_POINT = timedelta(minutes=5)
RESTORE_SECONDS = 3 * 3600.0
ANSWER_SECONDS = 900.0
QUERY_SECONDS = 300.0
RTO_SECONDS = 3600.0

TABLES = """
SELECT c.relname, EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'created_at'
) AS dated
FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
ORDER BY c.relname
"""


@dataclass(frozen=True)
class Contents:
    """revision: of the schema. rows: by table, those made before the moment of the restore."""

    revision: str
    rows: dict[str, int]


def differences(live: Contents, copy: Contents) -> list[str]:
    """What the copy lacks. More than production is no fault: rows are deleted there later on."""
    found = []
    if copy.revision != live.revision:
        found.append(f"schema {copy.revision} instead of {live.revision}")
    for table, rows in live.rows.items():
        if table not in copy.rows:
            found.append(f"no table {table}")
        elif copy.rows[table] < rows:
            found.append(f"{table}: {copy.rows[table]} rows instead of {rows}")
    return found


async def contents(url: str, moment: datetime) -> Contents:
    """Reads every row of every table, which also finds pages that cannot be read."""
    connection = await asyncpg.connect(_dsn(url), timeout=30)
    try:
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
        rows = {}
        for table in await connection.fetch(TABLES):
            question = f'SELECT count(*) FROM "{table["relname"]}"'  # noqa: S608  # out of the catalogue, quoted
            arguments: tuple[datetime, ...] = ()
            if table["dated"]:
                question, arguments = f"{question} WHERE created_at < $1", (moment,)
            rows[table["relname"]] = await connection.fetchval(
                question, *arguments, timeout=QUERY_SECONDS
            )
        return Contents(
            revision, {name: n for name, n in rows.items() if name != "alembic_version"}
        )
    finally:
        await connection.close()


@contextmanager
def restored(az: Az, target: Target, name: str, moment: datetime) -> Iterator[str | None]:
    """A copy of the server as it was at the moment; gives its host, and removes it at the end."""
    group = ("--resource-group", target.resource_group)
    source = az("postgres", "flexible-server", "show", *group, "--name", target.database_server)
    network = (source or {}).get("network") or {}
    try:
        az(
            *("postgres", "flexible-server", "restore", *group, "--name", name),
            *("--source-server", target.database_server),
            *("--restore-time", moment.strftime("%Y-%m-%dT%H:%M:%SZ")),
            *("--subnet", str(network.get("delegatedSubnetResourceId", "SUBNET"))),
            *("--private-dns-zone", str(network.get("privateDnsZoneArmResourceId", "ZONE"))),
            "--yes",
            timeout=RESTORE_SECONDS,
        )
        yield az.text(
            *("postgres", "flexible-server", "show", *group, "--name", name),
            *("--query", "fullyQualifiedDomainName"),
        )
    finally:
        az("postgres", "flexible-server", "delete", *group, "--name", name, "--yes")


def restore_test(az: Az, target: Target, package: Path | None) -> str:
    """Returns what was found, in words. Raises StepFailed when the copy is not whole.

    With a package that migrates nothing, or before the first migration ever, there is nothing to
    try, and nothing is restored.
    """
    url = database_url(az, target, "live")
    if url and package and (reason := _needless(direct(url), package, target.app_env())):
        return reason
    moment = datetime.now(UTC) - RECOVERY_POINT
    name = f"{target.database_server}-test-{moment:%Y%m%d%H%M}"
    began = time.monotonic()
    with restored(az, target, name, moment) as host:
        if url is None or host is None:
            return "would compare the copy with production and try the migrations on it"
        copy = direct(url, host=host)
        _wait_for(copy)
        seconds = time.monotonic() - began
        found = asyncio.run(_compared(direct(url), copy, moment))
        if package is not None:
            migrate(copy, package, target.app_env())
            found += "; the migrations ran on it"
    late = "" if seconds <= RTO_SECONDS else ", which is above the target of one hour"
    return f"restored in {seconds:.0f} s{late}: {found}"


def _needless(url: str, package: Path, app_env: str) -> str | None:
    at = revision(url, package, app_env)
    if at is None:
        return "the database is empty: there is nothing that a migration could spoil"
    return "no migration to try" if at == head(url, package, app_env) else None


async def _compared(live: str, copy: str, moment: datetime) -> str:
    there, here = await contents(copy, moment), await contents(live, moment)
    if missing := differences(here, there):
        raise StepFailed(f"The restored copy is not whole: {'; '.join(missing)}.")
    return f"{len(there.rows)} tables, {sum(there.rows.values())} rows"


def _wait_for(url: str) -> None:
    async def answers() -> None:
        connection = await asyncpg.connect(_dsn(url), timeout=10)
        await connection.close()

    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            asyncio.run(answers())
            return
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            if time.monotonic() > deadline:
                raise StepFailed(f"The restored server does not answer: {error}.") from None
            time.sleep(10)


def _dsn(url: str) -> str:
    return url.replace("+asyncpg", "", 1)


def logged(az: Az, target: Target, package: Path | None) -> None:
    """Tests and writes the outcome down, whatever it is. Raises StepFailed."""

    def write(outcome: str, note: str) -> Any:
        return deployment_log.write(
            az,
            environment=target.environment,
            build="none",
            event="restore-test",
            outcome=outcome,
            note=note,
        )

    try:
        found = restore_test(az, target, package)
    except StepFailed as failure:
        write("failed", str(failure))
        raise
    say(found)
    write("succeeded", found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--environment", choices=sorted(TARGETS), default="prod")
    parser.add_argument("--package", type=Path, help="an unpacked package, to try its migrations")
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    az, target = Az(dry_run=given.dry_run), TARGETS[given.environment]
    run(lambda: logged(az, target, given.package))


if __name__ == "__main__":
    main()
