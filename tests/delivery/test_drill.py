"""The monthly rehearsals, and that they fail when what they rehearse does not work."""

import pytest

from tests.delivery.cloud import OLD, Cloud

SWAP = "webapp deployment slot swap"


def drill(cloud: Cloud, what: str):
    return cloud.run("drill", what, "--environment", "prod", "--patience", "1")


def test_an_instance_is_restarted_while_the_others_serve(cloud: Cloud) -> None:
    done = drill(cloud, "heal")

    assert done.returncode == 0, done.stderr
    (call,) = cloud.calls("rest --method post")
    assert "/serverfarms/plan/workers/machine0/reboot" in call
    assert "0 of" in cloud.log()[0]["note"]


def test_a_single_instance_is_not_restarted(cloud: Cloud) -> None:
    cloud.save(instances=1)

    done = drill(cloud, "heal")

    assert done.returncode == 1
    assert cloud.calls("rest") == []


def test_requests_that_fail_meanwhile_fail_the_drill(cloud: Cloud) -> None:
    cloud.save(dead=[OLD])

    done = drill(cloud, "heal")

    assert done.returncode == 1
    assert "requests failed while one instance was away" in done.stderr
    assert cloud.log()[0]["outcome"] == "failed"


@pytest.fixture
def released(cloud: Cloud) -> Cloud:
    """Production and slot as a deployment left them, with both packages kept."""
    cloud.save(builds=cloud.builds | {"slot": "build-0"})
    cloud.deployed_before("build-0")
    cloud.deployed_before(OLD)
    return cloud


def test_a_swap_and_a_swap_back_leave_both_sides_as_they_were(released: Cloud) -> None:
    before = released.builds

    done = drill(released, "swap-back")

    assert done.returncode == 0, done.stderr
    assert released.builds == before
    assert len(released.calls(SWAP)) == 2


def test_a_swap_that_does_not_work_fails_the_drill(released: Cloud) -> None:
    released.fail(SWAP, "The worker process was not warmed up.")

    done = drill(released, "swap-back")

    assert done.returncode == 1
    assert released.builds["live"] == OLD
    assert "warmed up" in released.log()[-1]["note"]


def test_a_canary_alert_fires_and_goes_away(cloud: Cloud) -> None:
    done = drill(cloud, "alert")

    assert done.returncode == 0, done.stderr
    assert "--action /actionGroups/email" in cloud.calls("monitor metrics alert create")[0]
    assert len(cloud.calls("monitor metrics alert delete")) == 1


def test_an_alert_that_does_not_fire_fails_the_drill(cloud: Cloud) -> None:
    cloud.save(alerts_fire=False)

    done = drill(cloud, "alert")

    assert done.returncode == 1
    assert "did not fire" in done.stderr
    assert len(cloud.calls("monitor metrics alert delete")) == 1


def test_a_rule_that_is_switched_off_fails_the_drill(cloud: Cloud) -> None:
    cloud.save(rules=[{"name": "app-down", "enabled": False}])

    done = drill(cloud, "alert")

    assert done.returncode == 1
    assert "Switched off: app-down" in done.stderr
