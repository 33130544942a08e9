"""Reading plain English: reasons, end dates, choices, and names that somebody half remembers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from modules.sandbox.llm.journeys.turn import Turn

T = TypeVar("T")

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_FILLER = (
    "a an the my me i to for of on in at is are it its this that please access role roles profile",
    "profiles entitlement entitlements permission permissions rights right request requests",
    "approval approvals item items application app system tool and or with from new some any can",
    "you get has have do does what which who why how when since come",
)
FILLER = frozenset(word for line in _FILLER for word in line.split())

_REASON = re.compile(
    r"\b(?:because(?: of)?|since i|the reason is(?: that)?|reason:|as i|due to|so that|in order to)"
    r"\s+(?P<reason>.+?)(?=\s+(?:until|till|for \w+ (?:day|week|month|quarter|year)s?)\b|[.!?]?$)",
    re.IGNORECASE,
)
_AFTER_COLON = re.compile(r":\s*(?P<reason>[^:]{4,})$")
_ISO = re.compile(r"\b(?:until|till|by|before|through|ending|up to)\s+(\d{4})-(\d{2})-(\d{2})\b")
_NAMED = re.compile(
    r"\b(?:until|till|through|ending|up to)\s+(?:the\s+)?(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+"
    rf"(?:of\s+)?)?(?P<month>{'|'.join(MONTHS)})(?:\s+(?P<late>\d{{1,2}})(?:st|nd|rd|th)?)?"
    r"(?:,?\s+(?P<year>\d{4}))?"
)
_SPAN = re.compile(
    rf"\bfor\s+(?:the next\s+)?(?P<count>\d+|{'|'.join(NUMBERS)})\s+(?P<unit>{'|'.join(DAYS)})s?\b"
)
_CHOICE = re.compile(rf"\b(?:number|no\.?|#|option)\s*(\d+)\b|\bthe\s+({'|'.join(ORDINALS)})\b")
_BARE = re.compile(r"^#?(\d{1,2})[.)]?$")
_WORD = re.compile(r"[\w'-]+")


def reason_in(turn: Turn) -> str | None:
    """Why somebody wants it, in their own words."""
    question = " ".join(turn.question.split())
    found = _REASON.search(question) or _AFTER_COLON.search(question)
    return found["reason"].strip(" .!") if found else None


def end_in(wording: str, today: date) -> date | None:
    """Until when somebody wants it: `until 31 January`, `for two weeks`, `until 2027-01-31`."""
    if found := _ISO.search(wording):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SPAN.search(wording):
        count = NUMBERS.get(found["count"]) or int(found["count"])
        return today + timedelta(days=count * DAYS[found["unit"]])
    if found := _NAMED.search(wording):
        return _named_date(found, today)
    return None


def without_clauses(wording: str) -> str:
    """The wording without the reason and the end date, which hold words of their own."""
    text = re.split(r"\b(?:because|since i|reason:|due to|so that|in order to)\b", wording)[0]
    for clause in (_ISO, _SPAN, _NAMED):
        text = clause.sub(" ", text)
    return " ".join(text.split()).strip(" .?!,")


def choice_in(wording: str) -> int | None:
    """The number of a choice: `the second one`, `number 2`, `2`."""
    if found := _BARE.match(wording.strip()):
        return int(found[1])
    if found := _CHOICE.search(wording):
        return int(found[1]) if found[1] else ORDINALS[found[2]]
    return None


def choices_in(wording: str) -> list[int]:
    """The numbers of several choices: `1, 3 and 4`, `the first and the third`."""
    parts = re.split(r",| and | & |\bboth\b", wording)
    found = [choice_in(part) for part in parts if part.strip()]
    return [number for number in found if number is not None] if None not in found else []


def numbered(text: str) -> dict[int, str]:
    """The names of a numbered list in an answer: `2. **Payroll – read** …`."""
    return {
        int(number): name
        for number, name in re.findall(r"^(\d+)\.\s+\*\*(.+?)\*\*", text, re.MULTILINE)
    }


def words_of(text: str) -> frozenset[str]:
    """The words that tell things apart."""
    return frozenset(w for w in _WORD.findall(text.lower().replace("–", " ")) if w not in FILLER)


def best(wanted: str, candidates: Iterable[T], *names: str) -> list[T]:
    """The candidates that the words mean: one if it is clear, several if not, none if nobody.

    `names` are the fields that hold a candidate's names, with dots for nested ones.
    """
    asked = words_of(wanted)
    if not asked:
        return []
    exact, scored = [], []
    for candidate in candidates:
        texts = [_text(candidate, name) for name in names]
        if any(text and text.lower() == wanted.strip().lower() for text in texts):
            exact.append(candidate)
        known = frozenset().union(*(words_of(text) for text in texts))
        score = len(asked & known) / len(asked)
        scored.append((score, candidate))
    if exact:
        return exact
    top = max((score for score, _ in scored), default=0.0)
    return [candidate for score, candidate in scored if score == top] if top > 0 else []


def record_of(records: Mapping[str, str], name: str) -> tuple[str, str] | None:
    """The type and id of a record that was shown under that name."""
    for record, label in records.items():
        if label.lower() == name.lower():
            kind, _, identifier = record.partition(":")
            return kind, identifier
    return None


def listing(lines: Sequence[str], most: int = 8) -> str:
    """A numbered list of which the rest is counted."""
    shown = [f"{number}. {line}" for number, line in enumerate(lines[:most], start=1)]
    if len(lines) > most:
        shown.append(f"\n… and {len(lines) - most} more.")
    return "\n".join(shown)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], most: int = 12) -> str:
    """A Markdown table of which the rest is counted. A bar in a name stays in its cell."""
    lines = [headings, ["---"] * len(headings), *rows[:most]]
    shown = "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )
    return shown if len(rows) <= most else f"{shown}\n\n… and {len(rows) - most} more."


def day(moment: Any) -> str:
    """A date as people write it, `unknown` where there is none."""
    if not isinstance(moment, str) or len(moment) < 10:
        return "unknown"
    known = _date(*(int(part) for part in moment[:10].split("-")))
    return (
        f"{known.day} {MONTHS[known.month - 1].capitalize()} {known.year}" if known else "unknown"
    )


def _named_date(found: re.Match[str], today: date) -> date | None:
    month = MONTHS.index(found["month"]) + 1
    number = int(found["day"] or found["late"] or 0) or 28
    if found["year"]:
        return _date(int(found["year"]), month, number)
    this_year = _date(today.year, month, number)
    if this_year is not None and this_year <= today:
        return _date(today.year + 1, month, number)
    return this_year


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _text(candidate: Any, name: str) -> str:
    for part in name.split("."):
        candidate = candidate.get(part) if isinstance(candidate, dict) else None
    return str(candidate) if candidate else ""
