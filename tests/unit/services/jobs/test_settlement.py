import asyncio

import pytest

from modules.backend.core.errors import LLMRejected, Unavailable
from modules.backend.services.jobs.settlement import (
    LONGEST_DELAY_SECONDS,
    Buried,
    HandedBack,
    Postponed,
    after_error,
    delay_after,
)
from modules.backend.tasks.jobs import ATTEMPTS


@pytest.mark.parametrize("error", [Unavailable("away", "Later."), OSError(), KeyError("bug")])
def test_what_may_pass_is_tried_again(error: Exception) -> None:
    assert isinstance(after_error("task", error, attempt=1, attempts=2), Postponed)


def test_what_stays_is_given_up_at_once() -> None:
    settlement = after_error("task", LLMRejected("refused", "No."), attempt=1, attempts=9)

    assert settlement == Buried("task", "refused")


def test_the_last_attempt_is_the_end() -> None:
    assert after_error("task", OSError(), attempt=2, attempts=2) == Buried("task", "OSError")


def test_a_task_that_had_to_stop_is_at_no_fault() -> None:
    settlement = after_error("task", asyncio.CancelledError(), attempt=2, attempts=2)

    assert isinstance(settlement, HandedBack)


class TestDelay:
    @pytest.mark.parametrize("attempt", range(1, 7))
    def test_doubles_with_some_spread(self, attempt: int) -> None:
        longest = 2.0**attempt

        assert longest / 2 <= delay_after(attempt) <= longest

    def test_is_capped(self) -> None:
        assert delay_after(50) <= LONGEST_DELAY_SECONDS

    def test_of_all_attempts_outlasts_the_failover_of_a_store(self) -> None:
        assert sum(delay_after(attempt) for attempt in range(1, ATTEMPTS)) > 120
