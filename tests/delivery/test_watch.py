"""The quarter of an hour after a swap: what takes it back, and what does not."""

import pytest

from scripts.watch_after_swap import Judge, too_many_errors
from tests.delivery.cloud import NEW, OLD, Cloud

GOOD = {"build": NEW, "checks": {"sailpoint": "ok", "llm": "ok"}}


def verdicts(*answers: tuple[int, dict]) -> list[str | None]:
    judge = Judge(NEW)
    return [judge.verdict(*answer) for answer in answers]


@pytest.mark.parametrize(
    ("requests", "errors", "is_reason"),
    [(100, 6, True), (100, 5, False), (19, 19, False), (20, 2, True), (0, 0, False)],
)
def test_more_than_five_per_cent_of_errors(requests: int, errors: int, is_reason: bool) -> None:
    assert (too_many_errors(requests, errors) is not None) is is_reason


def test_a_health_check_must_fail_three_times_in_a_row() -> None:
    bad = (503, {})

    assert verdicts(bad, bad, (200, GOOD), bad, bad) == [None] * 5
    assert "health check failed 3 times" in str(verdicts(bad, bad, bad)[-1])


def test_another_build_in_production_is_a_failed_health_check() -> None:
    assert verdicts(*[(200, GOOD | {"build": OLD})] * 3)[-1] is not None


@pytest.mark.parametrize(("part", "words"), [("sailpoint", "SailPoint"), ("llm", "no model")])
def test_an_outside_system_must_fail_again_and_again(part: str, words: str) -> None:
    bad = (200, GOOD | {"checks": {part: "degraded"}})

    assert verdicts(bad, bad, bad, (200, GOOD), bad, bad, bad) == [None] * 7
    assert words in str(verdicts(bad, bad, bad, bad)[-1])


class TestScript:
    @pytest.fixture
    def swapped(self, cloud: Cloud) -> Cloud:
        cloud.save(builds=cloud.builds | {"live": NEW, "slot": OLD})
        return cloud

    def watch(self, cloud: Cloud, *more: str):
        how_long = ("--minutes", "0.02", "--every", "0.1")
        return cloud.run("watch_after_swap", "--build", NEW, *how_long, *more)

    def test_a_good_build_is_let_alone(self, swapped: Cloud) -> None:
        done = self.watch(swapped)

        assert done.returncode == 0, done.stderr
        assert "gave no reason to go back" in done.stdout

    def test_errors_that_the_platform_counted_are_a_reason(self, swapped: Cloud) -> None:
        swapped.save(metrics={"Requests": 200.0, "Http5xx": 30.0})

        done = self.watch(swapped)

        assert done.returncode == 1
        assert "30 of 200 answers since the swap were 5xx" in done.stderr

    def test_a_model_that_does_not_answer_is_a_reason(self, swapped: Cloud) -> None:
        swapped.save(degraded={NEW: ["llm"]})

        done = self.watch(swapped, "--minutes", "5")

        assert done.returncode == 1
        assert "no model answers" in done.stderr

    def test_silence_is_a_failed_health_check(self, swapped: Cloud) -> None:
        swapped.save(hosts={"live": "127.0.0.1:9", "slot": "127.0.0.1:9"})

        done = self.watch(swapped, "--minutes", "5")

        assert done.returncode == 1
        assert "health check failed" in done.stderr

    def test_dry_it_says_what_it_would_ask(self, swapped: Cloud) -> None:
        done = self.watch(swapped, "--dry-run")

        assert done.returncode == 0, done.stderr
        assert "/health/ready every" in done.stdout
        assert swapped.calls() == []
