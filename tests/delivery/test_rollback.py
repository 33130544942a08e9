"""Back to the build before, whatever the deployment had done by then."""

import json

import pytest

from tests.delivery.cloud import NEW, OLD, Cloud

SWAP = "webapp deployment slot swap"


@pytest.fixture
def deployed(cloud: Cloud) -> Cloud:
    """The new build is everywhere, the one before it is in the slot and among the releases."""
    cloud.save(builds={"live": NEW, "slot": OLD, "worker": NEW, "scheduler": NEW})
    cloud.deployed_before(OLD)
    return cloud


def roll_back(cloud: Cloud, *more: str):
    return cloud.run("rollback", "--environment", "prod", "--build", NEW, "--patience", "1", *more)


def test_web_worker_scheduler_and_page_go_back_together(deployed: Cloud) -> None:
    done = roll_back(deployed)

    assert done.returncode == 0, done.stderr
    assert deployed.builds == {"live": OLD, "slot": NEW, "worker": OLD, "scheduler": OLD}
    config = json.loads((deployed.folder / "page-config.json").read_text())
    assert config["apiBaseUrl"] == "https://api.chatbot.icarus.com"
    record = deployed.log()[-1]
    assert (record["event"], record["build"], record["outcome"]) == ("rollback", OLD, "succeeded")
    assert record["note"] == f"instead of {NEW}."


def test_before_the_swap_there_is_nothing_to_swap_back(deployed: Cloud) -> None:
    deployed.save(builds={"live": OLD, "slot": NEW, "worker": OLD, "scheduler": OLD})

    done = roll_back(deployed)

    assert done.returncode == 0, done.stderr
    assert deployed.calls(SWAP) == []
    assert deployed.builds["live"] == OLD


def test_twice_is_as_good_as_once(deployed: Cloud) -> None:
    assert roll_back(deployed).returncode == 0

    assert roll_back(deployed).returncode == 0
    assert deployed.builds["live"] == OLD
    assert len(deployed.calls(SWAP)) == 1


def test_a_worker_that_does_not_come_back_keeps_nothing_else_from_it(deployed: Cloud) -> None:
    deployed.fail("webapp deploy", "Deployment failed: the site did not start in time.")

    done = roll_back(deployed)

    assert done.returncode == 1
    assert "did not start in time" in done.stderr
    assert deployed.builds == {"live": OLD, "slot": NEW, "worker": NEW, "scheduler": OLD}
    assert deployed.log()[-1]["outcome"] == "failed"


def test_a_page_that_is_not_published_is_told(deployed: Cloud) -> None:
    (deployed.folder / "no-page").touch()

    done = roll_back(deployed)

    assert done.returncode == 1
    assert "page was not published" in done.stderr
    assert deployed.builds["live"] == OLD


def test_a_slot_with_something_else_is_not_swapped_in(deployed: Cloud) -> None:
    deployed.save(builds=deployed.builds | {"slot": "build-3"})

    done = roll_back(deployed)

    assert done.returncode == 1
    assert "The slot holds build-3" in done.stderr
    assert deployed.builds["live"] == NEW


def test_without_an_earlier_deployment_a_person_decides(cloud: Cloud) -> None:
    done = roll_back(cloud)

    assert done.returncode == 1
    assert "no build to go back to" in done.stderr


def test_dry_it_touches_nothing(deployed: Cloud) -> None:
    done = roll_back(deployed, "--dry-run")

    assert done.returncode == 0, done.stderr
    assert f"would run: az {SWAP}" in done.stdout
    assert deployed.calls() == []
