"""Deploying the parts, keeping releases, and the log of it."""

import json
from pathlib import Path

import pytest

from tests.delivery.cloud import NEW, OLD, Cloud, small_package


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "icarus.zip"
    small_package(path, "build-3")
    return path


def deploy(cloud: Cloud, package: Path, *parts: str, environment: str = "prod"):
    arguments = ("--environment", environment, "--package", str(package), "--to", *parts)
    return cloud.run("deploy", *arguments)


def test_every_part_gets_the_same_package(cloud: Cloud, package: Path) -> None:
    done = deploy(cloud, package, "slot", "worker", "scheduler", "page")

    assert done.returncode == 0, done.stderr
    assert cloud.builds == dict.fromkeys(("slot", "worker", "scheduler"), "build-3") | {"live": OLD}
    rules = json.loads((cloud.folder / "page-rules.json").read_text())
    assert "api.chatbot.icarus.com" in rules["globalHeaders"]["Content-Security-Policy"]


def test_the_token_of_the_page_is_no_argument(cloud: Cloud, package: Path) -> None:
    assert deploy(cloud, package, "page").returncode == 0

    assert "publishing-token" not in (cloud.folder / "npx.txt").read_text()


def test_the_first_part_that_does_not_start_stops(cloud: Cloud, package: Path) -> None:
    cloud.fail("webapp deploy", "The site failed to start within 10 mins.")

    done = deploy(cloud, package, "worker", "scheduler")

    assert done.returncode == 1
    assert "failed to start" in done.stderr
    assert cloud.builds["scheduler"] == OLD


@pytest.mark.parametrize(("environment", "part"), [("staging", "slot"), ("dev", "page")])
def test_what_an_environment_does_not_have_is_named(
    cloud: Cloud, package: Path, environment: str, part: str
) -> None:
    done = deploy(cloud, package, part, environment=environment)

    assert done.returncode == 1
    assert environment in done.stderr


def test_a_release_is_kept_once_and_found_again(
    cloud: Cloud, package: Path, tmp_path: Path
) -> None:
    keep = ("keep", "--build", "build-3", "--package", str(package))
    assert cloud.run("releases", *keep).returncode == 0
    assert cloud.run("releases", *keep).returncode == 0
    assert len(cloud.calls("storage blob upload")) == 1

    fetched = cloud.run("releases", "fetch", "--build", "build-3", "--folder", str(tmp_path))
    assert fetched.returncode == 0, fetched.stderr
    assert (tmp_path / "icarus-build-3.zip").read_bytes() == package.read_bytes()


def test_a_release_that_is_not_there_is_named(cloud: Cloud, tmp_path: Path) -> None:
    fetched = cloud.run("releases", "fetch", "--build", "lost", "--folder", str(tmp_path))

    assert fetched.returncode == 1
    assert "does not exist" in fetched.stderr


def test_the_log_says_who_what_and_when(cloud: Cloud) -> None:
    what = ("--environment", "prod", "--build", NEW, "--event", "deploy", "--outcome", "succeeded")
    done = cloud.run("deployment_log", *what, BUILD_REQUESTEDFOREMAIL="lena@icarus.example")

    assert done.returncode == 0, done.stderr
    (record,) = cloud.log()
    assert (record["who"], record["build"], record["event"]) == (
        "lena@icarus.example",
        NEW,
        "deploy",
    )
    assert record["at"].endswith("Z")


def test_without_a_pipeline_it_is_whoever_is_signed_in(cloud: Cloud) -> None:
    what = ("--environment", "prod", "--build", NEW, "--event", "deploy", "--outcome", "failed")
    assert cloud.run("deployment_log", *what).returncode == 0

    (record,) = cloud.log()
    assert record["who"] == "pipeline@icarus.example"
