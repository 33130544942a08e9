"""Bounds on the end of access that somebody asks for, and what a card says of conflicts."""

from datetime import date, timedelta
from typing import Any

import pytest

from modules.backend.clients.sailpoint.request_rules import Duration, Requested
from modules.backend.core.errors import InvalidInput
from modules.backend.services.actions.request_checks import (
    MAX_DAYS,
    NOT_CHECKED,
    check_end,
    conflict_line,
)

TODAY = date(2026, 3, 2)


def item(**rules: Any) -> Requested:
    return Requested.model_validate({"id": "1", "accessRequestConfig": rules})


WEEK = {"maxPermittedAccessDuration": {"value": 1, "timeUnit": "WEEKS"}}


@pytest.mark.parametrize(
    ("wanted", "days"),
    [
        (None, None),
        (None, 1),
        (None, MAX_DAYS),
        (item(), 400),
        (item(**WEEK), 7),
        (item(requireEndDate=True), 1),
        (item(maxPermittedAccessDuration={"value": 1, "timeUnit": "FORTNIGHTS"}), 30),
    ],
)
def test_an_end_within_the_bounds_is_taken(wanted: Requested | None, days: int | None) -> None:
    check_end(wanted, None if days is None else TODAY + timedelta(days=days), TODAY)


@pytest.mark.parametrize(
    ("wanted", "days", "code"),
    [
        (None, 0, "invalid_input"),
        (None, -1, "invalid_input"),
        (None, MAX_DAYS + 1, "end_too_late"),
        (item(**WEEK), 8, "end_too_late"),
        (item(requireEndDate=True), None, "end_missing"),
    ],
)
def test_an_end_out_of_bounds_is_refused(
    wanted: Requested | None, days: int | None, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_end(wanted, None if days is None else TODAY + timedelta(days=days), TODAY)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("value", "unit", "days"),
    [(36, "HOURS", 1), (3, "MONTHS", 90), (2, "YEARS", None), (None, "DAYS", None)],
)
def test_a_duration_is_whole_days(value: int | None, unit: str, days: int | None) -> None:
    assert Duration(value=value, time_unit=unit).days == days


@pytest.mark.parametrize(
    ("conflicts", "line"), [(None, NOT_CHECKED), ([], None), (["A", "B"], "A, B")]
)
def test_a_card_names_conflicts_or_that_they_are_unknown(
    conflicts: list[str] | None, line: str | None
) -> None:
    assert conflict_line(conflicts) == line
