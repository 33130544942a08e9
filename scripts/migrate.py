"""Migrates a database with the migrations of a package, from inside the network.

`python -m scripts.migrate --environment prod --side live --package FOLDER`

A migration that fails leaves the schema as it was, exits with 1 and so ends the deployment; the
running application never notices. It is never part of a start-up command.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit, urlunsplit

from scripts.az import Az
from scripts.targets import TARGETS, Side, Target
from scripts.terminal import StepFailed, run, say

DATABASE_SECRET = "chatbot-db-connection-string"  # noqa: S105  # its name
POOLER_PORT, DIRECT_PORT = 6432, 5432
MIGRATION_SECONDS = 1800
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "ICARUS_ENV_FILE")


def database_url(az: Az, target: Target, side: Side) -> str | None:
    """The connection string out of the vault; the pipeline's log shows stars for it."""
    secret = az.text(
        *("keyvault", "secret", "show", "--vault-name", target.vault(side)),
        *("--name", DATABASE_SECRET, "--query", "value"),
    )
    if secret and "TF_BUILD" in os.environ:
        say(f"##vso[task.setsecret]{secret}")
    return secret


def direct(url: str, *, host: str | None = None) -> str:
    """The same database past the pooler, which has no session for a lock; or on another host."""
    parts = urlsplit(url)
    user, _, _ = parts.netloc.rpartition("@")
    port = DIRECT_PORT if parts.port in (None, POOLER_PORT) else parts.port
    return urlunsplit(parts._replace(netloc=f"{user}@{host or parts.hostname}:{port}"))


def migrate(url: str, package: Path, app_env: str) -> None:
    """Brings the database to the package's head. Raises StepFailed, with nothing changed."""
    alembic(url, package, app_env, "upgrade", "head")


def revision(url: str, package: Path, app_env: str) -> str | None:
    """Which migration the database has come to; None before the first."""
    return next(iter(alembic(url, package, app_env, "current").split()), None)


def head(url: str, package: Path, app_env: str) -> str:
    """The last migration that the package knows."""
    return alembic(url, package, app_env, "heads").split()[0]


def alembic(url: str, package: Path, app_env: str, *command: str) -> str:
    """Runs Alembic in the unpacked package and returns what it prints."""
    if not (package / "alembic.ini").is_file():
        raise StepFailed(f"{package} is not an unpacked package: it has no alembic.ini.")
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    environment |= {"APP_ENV": app_env, "DATABASE_URL": url, "DATABASE_MIGRATION_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *command],
        cwd=package,
        env=environment,
        capture_output=True,
        text=True,
        timeout=MIGRATION_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise StepFailed(f"alembic {' '.join(command)} failed: {_reason(done.stderr)}")
    return done.stdout


def _reason(errors: str) -> str:
    """The lines that say it: the error, without the statement and the link that follow it."""
    lines = [line for line in errors.splitlines() if line.strip() and line[0] not in "(["]
    begin = next((i for i in reversed(range(len(lines))) if not lines[i].startswith(" ")), None)
    return " ".join(line.strip() for line in lines[begin:]) if begin is not None else "no reason"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--environment", choices=sorted(TARGETS), required=True)
    parser.add_argument("--side", choices=get_args(Side), default="live")
    parser.add_argument("--package", type=Path, required=True, help="the unpacked package")
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    az, target = Az(dry_run=given.dry_run), TARGETS[given.environment]

    def work() -> None:
        url = database_url(az, target, given.side)
        if url is None:
            say(f"would run: alembic upgrade head, in {given.package}")
            return
        migrate(direct(url), given.package, target.app_env(given.side))
        say(f"the {given.side} database of {target.environment} is at the package's head")

    run(work)


if __name__ == "__main__":
    main()
