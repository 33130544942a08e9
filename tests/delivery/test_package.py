"""What is in the zip, and that the zip is all that App Service needs."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest

from modules.sandbox.launcher import frontend_build
from scripts.migrate import migrate
from scripts.package import package
from tests.delivery.app_service import SCHEDULER, WEB, WORKER, App, start, unpack
from tests.delivery.packages import migration
from tests.delivery.tls import behind_tls
from tests.fixtures.migrations import tables
from tests.fixtures.servers import ORIGIN
from tests.fixtures.stores import ROOT, SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("package")]

NOT_HERE = "the-page-is-served-by-static-web-apps"
"""What Terraform sets in production."""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two packages: the next release's brings a migration.

    `PREVIOUS_PACKAGE` names the last release's zip; the pipeline sets it. Elsewhere this checkout's
    code stands in for that release: what must hold is that it can do without the migration.
    """
    frontend_build.main()
    folder = tmp_path_factory.mktemp("packages")
    previous = folder / "previous.zip"
    if released := os.environ.get("PREVIOUS_PACKAGE"):
        shutil.copy(released, previous)
    else:
        package(ROOT, "previous", previous)
    package(ROOT, "next", folder / "next.zip")
    with zipfile.ZipFile(folder / "next.zip", "a") as archive:
        archive.writestr("alembic/versions/9999_next.py", migration(*EXPANDED))
    return folder


EXPANDED = (
    "ALTER TABLE messages ADD COLUMN of_next_release text NOT NULL DEFAULT ''",
    "CREATE TABLE of_next_release (id uuid PRIMARY KEY)",
)
"""What a release may do to a schema that the one before it uses."""


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


class TestContents:
    @pytest.mark.usefixtures("packages")
    def test_the_same_input_gives_the_same_bytes(self, tmp_path: Path) -> None:
        again = tmp_path / "next.zip"
        once = tmp_path / "once.zip"
        digests = [package(ROOT, "next", path) for path in (once, again)]

        assert again.read_bytes() == once.read_bytes()
        assert digests == [hashlib.sha256(once.read_bytes()).hexdigest()] * 2

    def test_only_what_runs_is_in_it(self, packages: Path) -> None:
        found = names(packages / "next.zip")

        roots = {name.partition("/")[0] for name in found}
        assert roots == {
            *("modules", "alembic", "alembic.ini", "gunicorn.conf.py"),
            *("requirements.txt", "build.env"),
        }
        parts = {"/".join(name.split("/")[:2]) for name in found if name.startswith("modules/")}
        assert parts == {"modules/__init__.py", "modules/backend", "modules/frontend"}
        assert not any(part in name for name in found for part in ("sandbox/", "test", "pycache"))

    def test_the_built_page_is_in_it(self, packages: Path) -> None:
        page = {name for name in names(packages / "next.zip") if "/frontend/" in name}

        assert "modules/frontend/dist/index.html" in page
        assert all(name.startswith("modules/frontend/dist/") for name in page)

    def test_webjobs_are_in_it_on_request(self, packages: Path, tmp_path: Path) -> None:
        path = tmp_path / "with.zip"
        package(ROOT, "next", path, webjobs=True)

        added = names(path) - names(packages / "next.zip")
        assert added == {
            f"App_Data/jobs/continuous/{job}/{file}"
            for job in ("worker", "scheduler")
            for file in ("run.sh", "settings.job")
        }
        with zipfile.ZipFile(path) as archive:
            entry = archive.getinfo("App_Data/jobs/continuous/worker/run.sh")
        assert entry.external_attr >> 16 & 0o111 == 0o111

    def test_make_would_name_the_build_after_the_commit(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "scripts.package", "--output", os.devnull],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

        head = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"build {head.stdout.strip()}" in done.stdout, done.stderr


@pytest.fixture
def production(
    settings_env: dict[str, str],
    certificate: Path,
    empty_database: str,
    redis_url: str,
    tmp_path: Path,
) -> Iterator[dict[str, str]]:
    """Production's environment: TLS to both stores, no page."""
    stores = behind_tls(
        certificate, tmp_path / "tls.log", database_url=empty_database, redis_url=redis_url
    )
    with stores as settings, patch.dict(os.environ, SSL_CERT_FILE=str(certificate)):
        production = {"APP_ENV": "production", "FRONTEND_DIST": NOT_HERE, "LIMITS": "on"}
        yield settings_env | settings | production


class Platform:
    """Packages that run; all are stopped in the end."""

    def __init__(self, packages: Path, folder: Path, running: ExitStack) -> None:
        self._packages = packages
        self._folder = folder
        self._running = running

    def unpacked(self, build: str) -> Path:
        folder = self._folder / build
        return folder if folder.exists() else unpack(self._packages / f"{build}.zip", folder)

    def start(self, build: str, command: str, env: dict[str, str]) -> App:
        app = start(self.unpacked(build), command, env)
        self._running.callback(app.child.stop)
        return app


@pytest.fixture(scope="module")
def platform(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with ExitStack() as running:
        yield Platform(packages, tmp_path_factory.mktemp("wwwroot"), running)


@pytest.fixture
def tenant(sandbox: SandboxClient) -> SandboxClient:
    """The demo data as at the start, with nothing to wait for."""
    sandbox.http.post("/control/sailpoint/reset").raise_for_status()
    sandbox.http.post("/control/sailpoint/delays", json="instant").raise_for_status()
    sandbox.http.post("/control/sailpoint/limit", json={"calls": 10_000}).raise_for_status()
    return sandbox


def smoke(app: App, sandbox: SandboxClient, build: str) -> None:
    """The smoke test of the pipeline, against the running package."""
    arguments = ("--url", app.url, "--origin", ORIGIN, "--build", build, "--patience", "30")
    done = subprocess.run(
        [sys.executable, "-m", "scripts.smoke_test", *arguments],
        cwd=ROOT,
        env=os.environ | {"SMOKE_TOKEN": sandbox.token("manager"), "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tested = [line.split(":")[0] for line in done.stdout.splitlines()]
    assert tested == [f"ok  {name}" for name in CHECKS]


CHECKS = ("health", "readiness", "chat", "access request", "review")


def test_a_release_in_the_slot_and_the_one_before_it_swapped_back(
    platform: Platform, production: dict[str, str], tenant: SandboxClient, empty_database: str
) -> None:
    """Old code on the new schema: so it is between migration and swap, and after a rollback."""
    migrate(production["DATABASE_URL"], platform.unpacked("next"), "production")
    assert {"of_next_release"} <= tables(empty_database)
    staging = {k: v for k, v in production.items() if k != "FRONTEND_DIST"} | {"APP_ENV": "staging"}
    slot = platform.start("next", WEB, staging)
    page = httpx.get(f"{slot.url}/c/some-conversation", trust_env=False)
    assert (page.status_code, "<!doctype html>" in page.text) == (200, True)
    smoke(slot, tenant, "next")
    slot.child.stop()

    live = platform.start("previous", WEB, production)
    assert httpx.get(live.url, trust_env=False).status_code == 404, "no page in production"
    smoke(live, tenant, live.health()["build"])
    live.child.stop()
    assert (slot.child.exit_code, live.child.exit_code) == (0, 0)


def test_worker_and_scheduler_start_from_the_same_package(
    platform: Platform, production: dict[str, str]
) -> None:
    migrate(production["DATABASE_URL"], platform.unpacked("next"), "production")
    apps = [platform.start("next", command, production) for command in (WORKER, SCHEDULER)]

    assert [app.health()["status"] for app in apps] == ["ok", "ok"]
    for app in apps:
        app.child.stop()
    assert [app.child.exit_code for app in apps] == [0, 0]
