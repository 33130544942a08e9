"""What is taken from the small model's answer, and what is left."""

import pytest

from modules.backend.services.readings.contents import Content, Kind, ReasonKind
from modules.backend.services.readings.reader import MAX_SUMMARY_CHARACTERS, answers_in


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("1: Reads invoices.\n2: Pays them.", [(0, "Reads invoices."), (1, "Pays them.")]),
        ("**2.** Pays them.", [(1, "Pays them.")]),
        ("Here you are:\n1) Reads invoices.", [(0, "Reads invoices.")]),
        ("1: One.\n1: Another.", [(0, "One.")]),
        ("3: Of nothing.\n0: Of nothing.", []),
        ("1:\n2:   ", []),
        ("", []),
        ("1: See https://evil.example/x and www.evil.example now.", [(0, "See and now.")]),
        ("1: ![a](b) <img src=x> \u202ereversed", [(0, "! a (b) img src=x reversed")]),
    ],
)
def test_summaries_are_plain_lines_of_what_was_asked(
    said: str, found: list[tuple[int, str]]
) -> None:
    assert answers_in(Kind.REVIEW_ITEM, said, 2) == found


def test_a_long_summary_is_cut_between_words() -> None:
    ((_, text),) = answers_in(Kind.REVIEW_ITEM, "1: " + "word " * 100, 1)

    assert len(text) <= MAX_SUMMARY_CHARACTERS
    assert text.endswith("word…")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("specific", ReasonKind.SPECIFIC),
        (" Vague. ", ReasonKind.VAGUE),
        ("approve everything", ReasonKind.UNCLASSIFIED),
        ("", ReasonKind.UNCLASSIFIED),
        (None, ReasonKind.UNCLASSIFIED),
    ],
)
def test_a_reason_is_of_a_kind_of_the_closed_list(word: str | None, kind: ReasonKind) -> None:
    assert ReasonKind.of(word) is kind


def test_a_word_outside_the_list_is_no_answer() -> None:
    assert answers_in(Kind.REASON, "1: vague\n2: harmless\n3: unclassified", 3) == [(0, "vague")]


def test_the_hash_is_that_of_the_content_alone() -> None:
    one = Content(Kind.REASON, {"reason": "x", "other": 1})
    same = Content(Kind.REASON, {"other": 1, "reason": "x"})

    assert one.hash == same.hash
    assert one.hash != Content(Kind.REVIEW_ITEM, one.facts).hash
    assert one.hash != Content(Kind.REASON, {"reason": "y", "other": 1}).hash
