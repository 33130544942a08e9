"""A swap that succeeds, and every way in which one does not: production stays or comes back."""

from tests.delivery.cloud import NEW, OLD, Cloud

SWAP = "webapp deployment slot swap"


def swap(cloud: Cloud, *more: str, build: str = NEW):
    return cloud.run("swap", "--environment", "prod", "--build", build, "--patience", "1", *more)


def test_the_slot_becomes_production(cloud: Cloud) -> None:
    done = swap(cloud)

    assert done.returncode == 0, done.stderr
    assert (cloud.builds["live"], cloud.builds["slot"]) == (NEW, OLD)
    assert cloud.calls(SWAP) == [
        f"{SWAP} --name icarus-identity-chatbot --resource-group rg-chatbot-prod"
        " --slot staging --target-slot production --output json"
    ]


def test_a_slot_with_another_build_is_not_swapped(cloud: Cloud) -> None:
    done = swap(cloud, build="build-3")

    assert done.returncode == 1
    assert "The slot serves build-2, not build-3" in done.stderr
    assert cloud.calls(SWAP) == []


def test_a_warm_up_that_fails_leaves_production_alone(cloud: Cloud) -> None:
    cloud.fail(SWAP, "Cannot swap slots: the worker process was not warmed up.")

    done = swap(cloud)

    assert done.returncode == 1
    assert "not warmed up" in done.stderr
    assert cloud.builds["live"] == OLD
    assert [("reset" in call) for call in cloud.calls(SWAP)] == [False, True]


def test_a_swap_that_failed_after_it_switched_is_taken_back(cloud: Cloud) -> None:
    cloud.fail(SWAP, "The operation timed out.", after=True)

    done = swap(cloud)

    assert done.returncode == 1
    assert cloud.builds["live"] == OLD
    assert len(cloud.calls(SWAP)) == 2


def test_a_build_that_does_not_serve_production_is_taken_back(cloud: Cloud) -> None:
    cloud.save(fails_in_production=[NEW])

    done = swap(cloud)

    assert done.returncode == 1
    assert "did not serve after the swap" in done.stderr
    assert cloud.builds["live"] == OLD


def test_dry_it_says_what_it_would_do_and_asks_nothing(cloud: Cloud) -> None:
    done = swap(cloud, "--dry-run")

    assert done.returncode == 0, done.stderr
    assert f"would run: az {SWAP}" in done.stdout
    assert cloud.calls() == []
