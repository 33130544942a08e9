"""The filter language, apart from any list."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from modules.sandbox.sailpoint.errors import ApiError
from modules.sandbox.sailpoint.filters import Field, Filter, Kind


@dataclass(frozen=True)
class Row:
    name: str | None
    done: bool
    at: datetime


ROWS = [
    Row("Anna", True, datetime(2026, 1, 1, tzinfo=UTC)),
    Row('Bob "B"', False, datetime(2026, 2, 1, tzinfo=UTC)),
    Row(None, False, datetime(2026, 3, 1, tzinfo=UTC)),
]
FIELDS = {
    "name": Field[Row]("eq ne in sw isnull", lambda row: row.name),
    "done": Field[Row]("eq", lambda row: row.done, Kind.FLAG),
    "at": Field[Row]("eq gt ge lt le", lambda row: row.at, Kind.TIME),
}


def found(text: str) -> list[int]:
    matches = Filter(text, FIELDS).matches
    return [number for number, row in enumerate(ROWS) if matches(row)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name eq "Anna"', [0]),
        ('name ne "Anna"', [1, 2]),
        ('name sw "B"', [1]),
        (r'name eq "Bob \"B\""', [1]),
        ('name in ("Anna", "Carl")', [0]),
        ('name in ("Anna")', [0]),
        ("name isnull", [2]),
        ("done eq true", [0]),
        ("at gt 2026-01-15T00:00:00Z", [1, 2]),
        ("at le 2026-02-01T00:00:00.000Z", [0, 1]),
        ("at eq 2026-01-01", [0]),
        ('done eq false and name sw "B"', [1]),
        ('name eq "Anna" or at ge 2026-03-01T00:00:00Z', [0, 2]),
        ('not (name eq "Anna" or name isnull)', [1]),
        ('name eq "and"', []),
    ],
)
def test_finds(text, expected):
    assert found(text) == expected


def test_time_in_quotes_finds_nothing():
    assert found('at gt "2020-01-01T00:00:00Z"') == []


@pytest.mark.parametrize(
    "text",
    [
        'name co "n"',
        'name gt "A"',
        'age eq "1"',
        "name eq Anna",
        "done eq yes",
        'done eq "true"',
        "at gt yesterday",
        'name eq "Anna',
        'name eq "Anna" and',
        'name eq "Anna" "Bob"',
        '(name eq "Anna"',
        "name in ()",
        'name EQ "Anna"',
        'name eq "x" or "y"',
        "name",
    ],
)
def test_refuses_what_is_not_documented(text):
    with pytest.raises(ApiError) as raised:
        found(text)

    assert raised.value.status == 400


def test_text_of_a_person_cannot_widen_a_filter_that_escapes_it():
    hostile = 'x" or name ne "'
    escaped = hostile.replace("\\", "\\\\").replace('"', '\\"')

    assert found(f'name eq "{hostile}"') == [0, 1, 2]
    assert found(f'name eq "{escaped}"') == []
