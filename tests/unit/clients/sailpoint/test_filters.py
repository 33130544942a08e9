"""Text from people and models in filters and queries, read back by their grammar."""

import random
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from modules.backend.clients.sailpoint.filters import (
    MAX_IN,
    MAX_TEXT,
    all_of,
    checked_id,
    eq,
    has,
    one_of,
    quoted,
    since,
)
from modules.backend.core.errors import InvalidInput

LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
HOSTILE = [
    '" or id pr or name eq "',
    '\\" or name sw \\"',
    "\\",
    '\\\\"',
    '"',
    '""',
    "*) OR (manager.id:*",
    'x" AND NOT (id:"',
    "a && b || !c + - = < > ( ) { } [ ] ^ ~ * ? : / \\",
    "Renée O'Brien “quoted”",
    "#%&?=+ ",
    "\u202eevil",
]
PIECES = ['"', "\\", " ", "or", "and", "(", ")", ":", "*", "é", "🌍", "x", ",", "in", "eq"]


def texts() -> list[str]:
    """Hostile ones, and many made of what a grammar trips over."""
    made = random.Random(7)
    return HOSTILE + ["".join(made.choices(PIECES, k=made.randint(0, 30))) for _ in range(500)]


def read_back(literal: str) -> str:
    """What a parser sees in a whole text that must be one string literal."""
    found = LITERAL.fullmatch(literal)
    assert found, f"{literal} is more than one literal"
    return re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)


class TestText:
    def test_comes_out_as_it_went_in(self) -> None:
        for text in texts():
            assert read_back(quoted(text)) == text

    def test_stays_inside_every_filter_and_query(self) -> None:
        for text in texts():
            assert read_back(eq("name", text).removeprefix("name eq ")) == text
            assert read_back(has("manager.id", text).removeprefix("manager.id:")) == text
            inner = one_of("id", [text, "other"]).removeprefix("id in (").removesuffix(',"other")')
            assert read_back(inner) == text

    @pytest.mark.parametrize("text", ["a\x00b", "a\nb", "a\x85b"])
    def test_that_cannot_be_sent_is_replaced(self, text: str) -> None:
        assert quoted(text) == '"a b"'

    def test_with_half_a_character_can_be_sent(self) -> None:
        assert quoted("a\ud800b").encode() == b'"a?b"'

    def test_is_bounded(self) -> None:
        assert quoted("x" * MAX_TEXT)
        with pytest.raises(InvalidInput):
            quoted("x" * (MAX_TEXT + 1))


class TestFilters:
    def test_are_joined(self) -> None:
        assert all_of(eq("requestable", True), eq("name", "SAP")) == (
            'requestable eq true and name eq "SAP"'
        )

    def test_dates_have_no_quotes_and_are_utc(self) -> None:
        moment = datetime(2026, 1, 5, 14, 0, tzinfo=timezone(timedelta(hours=2)))

        assert since("created", moment) == "created ge 2026-01-05T12:00:00Z"
        assert since("created", moment.astimezone(UTC)) == since("created", moment)

    @pytest.mark.parametrize("count", [0, MAX_IN + 1])
    def test_lists_are_bounded(self, count: int) -> None:
        with pytest.raises(InvalidInput):
            one_of("id", ["x"] * count)


class TestIds:
    @pytest.mark.parametrize("text", ["2c9180867b1b6ea4", "a" * 64, "7d0c1a52-3f6e", "A_b"])
    def test_are_taken_as_they_are(self, text: str) -> None:
        assert checked_id(text) == text

    @pytest.mark.parametrize(
        "text",
        ["", " ", "me", "a b", "../x", "..", "a/b", "a?b", "a%2fb", 'a"b', "é", "a" * 65, "a\n"],
    )
    def test_that_mean_something_else_are_refused(self, text: str) -> None:
        with pytest.raises(InvalidInput):
            checked_id(text)
