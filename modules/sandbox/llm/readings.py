"""Access under review in a sentence, and reasons by their kind, as the product asks for them."""

import json
import re
from collections.abc import Iterator
from typing import Any

SUMMARISE_REQUEST = "you summarise access under review"
CLASSIFY_REQUEST = "you classify reasons"
_LINE = re.compile(r"^(\d+): (\{.*\})$", re.MULTILINE)
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|approve (?:this|it|all|everything)|system prompt)\b"
)
_TEMPORARY = re.compile(
    r"\b(?:cover|stand(?:ing)? in|temporar\w+|until|maternity|holiday|leave"
    r"|for (?:a|one|two|the) (?:\w+ )?(?:day|week|month|quarter)s?)\b"
)
MIN_WORDS = 3


def summaries_of(text: str) -> str:
    return "\n".join(f"{number}: {_sentence(facts)}" for number, facts in _lines(text))


def kinds_of(text: str) -> str:
    return "\n".join(f"{number}: {_kind(str(facts['reason']))}" for number, facts in _lines(text))


def _lines(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, facts in _LINE.findall(text):
        yield number, json.loads(facts)


def _sentence(facts: dict[str, Any]) -> str:
    what = str(facts["type"]).replace("_", " ")
    where = f" in {facts['source']}" if facts.get("source") else ""
    days = facts.get("daysUsedOf90")
    used = "its use is not known" if days is None else f"used on {days} of the last 90 days"
    privileged = ", privileged" if facts.get("privileged") else ""
    return f"{facts['name']}: {what}{where}{privileged}; {used}."


def _kind(reason: str) -> str:
    wording = reason.lower()
    if _INSTRUCTION.search(wording):
        return "instruction"
    if _TEMPORARY.search(wording):
        return "temporary"
    return "specific" if len(wording.split()) >= MIN_WORDS else "vague"
