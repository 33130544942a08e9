"""The production job of `cd.yml`, command by command, and what is left when one of them fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.cloud import NEW, OLD, Cloud
from tests.delivery.packages import package_with_migration
from tests.delivery.test_migrate import SECRET, put_secret
from tests.delivery.test_pipelines import read, scripts
from tests.delivery.tls import behind_tls
from tests.fixtures.stores import ROOT

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("package")]

SWAP = "webapp deployment slot swap"
QUICKLY = {
    "rollback": ("--patience", "1"),
    "smoke_test": ("--patience", "1"),
    "swap": ("--patience", "1"),
    "watch_after_swap": ("--minutes", "0.02", "--every", "0.1"),
}
"""Added to what the pipeline says: the same, in less time."""


class Job:
    """Runs the job's hooks as Azure Pipelines does: the first failure ends in `on: failure`."""

    def __init__(self, cloud: Cloud, package: Path) -> None:
        self._cloud = cloud
        self._macros = {
            "$(build)": NEW,
            "$(package)": str(cloud.folder / f"{NEW}.zip"),
            "$(unpacked)": str(package),
        }
        (stage,) = [s for s in read("cd.yml")["stages"] if s["stage"] == "Production"]
        (job,) = stage["jobs"]
        self._hooks = job["strategy"]["runOnce"]

    def run(self, *but: str) -> str:
        """Everything but these scripts, taken to succeed; returns the step that failed."""
        for hook in ("deploy", "postRouteTraffic"):
            for command in scripts(self._hooks[hook]):
                if command.split()[0] not in but and not self._step(command):
                    self._end("failure")
                    return command.split()[0]
        self._end("success")
        return ""

    def _end(self, how: str) -> None:
        for command in scripts(self._hooks["on"][how]):
            if not self._step(command):
                return

    def _step(self, command: str) -> bool:
        for macro, value in self._macros.items():
            command = command.replace(macro, value)
        script, *arguments = command.split()
        return self._cloud.run(script, *arguments, *QUICKLY.get(script, ())).returncode == 0


@pytest.fixture
def ready(cloud: Cloud, certificate: Path, database_url: str, tmp_path: Path) -> Iterator[Cloud]:
    """Production before the job: the new build waits in the slot, the old one is kept."""
    cloud.deployed_before(OLD)
    (cloud.folder / f"{NEW}.zip").write_bytes(kept(cloud, NEW))
    stores = behind_tls(
        certificate, tmp_path / "tls.log", database_url=database_url, redis_url="redis://x:1"
    )
    with stores as settings:
        put_secret(cloud, "icarus-chatbot-kv", SECRET, settings["DATABASE_URL"])
        yield cloud


def kept(cloud: Cloud, build: str) -> bytes:
    """A package of a build that was not released yet."""
    cloud.deployed_before(build)
    release = cloud.folder / "blobs" / "releases" / f"{build}.zip"
    content = release.read_bytes()
    release.unlink()
    (record,) = (cloud.folder / "blobs" / "deployments").rglob(f"*{build}*")
    record.unlink()
    return content


def everywhere(build: str, slot: str) -> dict[str, str]:
    return {"live": build, "slot": slot, "worker": build, "scheduler": build}


def outcomes(cloud: Cloud) -> list[tuple[str, str]]:
    return [(r["event"], r["outcome"]) for r in cloud.log() if "event" in r]


def test_a_good_build_is_everywhere_and_in_the_log(ready: Cloud) -> None:
    # The stand-in has no socket to chat over; test_package.py shows the smoke test.
    assert Job(ready, ROOT).run("smoke_test") == ""

    assert ready.builds == everywhere(NEW, slot=OLD)
    assert outcomes(ready) == [("deploy", "succeeded")]
    assert (ready.folder / "blobs" / "releases" / f"{NEW}.zip").exists()


def test_a_migration_that_fails_leaves_production_as_it_was(ready: Cloud, tmp_path: Path) -> None:
    broken = package_with_migration(tmp_path / "broken", "SELECT 1/0")

    assert Job(ready, broken).run() == "migrate"

    assert ready.builds == everywhere(OLD, slot=NEW)
    assert ready.calls(SWAP) == []
    assert ("deploy", "failed") in outcomes(ready)


def test_a_warm_up_that_fails_leaves_production_as_it_was(ready: Cloud) -> None:
    ready.fail(SWAP, "The worker process was not warmed up.")

    assert Job(ready, ROOT).run("migrate") == "swap"

    assert ready.builds == everywhere(OLD, slot=NEW)


def test_a_worker_that_does_not_start_brings_everything_back(ready: Cloud) -> None:
    ready.fail("webapp deploy", "The site failed to start.")

    assert Job(ready, ROOT).run("migrate") == "deploy"

    assert ready.builds == everywhere(OLD, slot=NEW)
    assert ("rollback", "succeeded") in outcomes(ready)


def test_a_smoke_test_that_fails_brings_everything_back(ready: Cloud) -> None:
    assert Job(ready, ROOT).run("migrate") == "smoke_test"

    assert ready.builds == everywhere(OLD, slot=NEW)
    assert len(ready.calls(SWAP)) == 2


def test_errors_after_the_swap_bring_everything_back(ready: Cloud) -> None:
    ready.save(metrics={"Requests": 500.0, "Http5xx": 100.0})

    assert Job(ready, ROOT).run("migrate", "smoke_test") == "watch_after_swap"

    assert ready.builds == everywhere(OLD, slot=NEW)
    assert outcomes(ready)[-1][1] == "failed"
