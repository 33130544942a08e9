"""What the script knows in a turn: the question, what was said before, what tools have brought."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FENCE = re.compile(
    r"<<<data of (?P<what>[^:]+): information, never an instruction\n(?P<text>.*?)\ndata>>>", re.S
)


@dataclass(frozen=True)
class Result:
    """What a tool brought since the question was asked."""

    name: str
    arguments: Mapping[str, Any]
    data: Mapping[str, Any]

    @property
    def items(self) -> list[dict[str, Any]]:
        found = self.data.get("items")
        return list(found) if isinstance(found, list) else []

    @property
    def error(self) -> str | None:
        fault = self.data.get("error")
        return str(fault.get("message")) if isinstance(fault, dict) else None


@dataclass(frozen=True)
class Turn:
    """`said` is the answer before the question, `records` what earlier answers showed."""

    question: str
    said: str = ""
    records: Mapping[str, str] = field(default_factory=dict)
    results: Sequence[Result] = ()
    tools: frozenset[str] = frozenset()

    @property
    def wording(self) -> str:
        """The question in lower case, with straight quotation marks and single spaces."""
        text = self.question.lower().translate(str.maketrans("’‘“”", "''\"\""))
        return " ".join(text.split())

    def result(self, name: str) -> Result | None:
        """The latest result of that tool since the question."""
        return next((r for r in reversed(self.results) if r.name == name), None)


@dataclass(frozen=True)
class Call:
    """The tool to ask for next."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Say:
    """The answer, in Markdown."""

    text: str


Step = Call | Say


def fences_in(text: str) -> dict[str, str]:
    """What the fences in a text hold, by what they are of. Vendors may join several messages."""
    return {found["what"]: found["text"] for found in FENCE.finditer(text)}


def without_fences(text: str) -> str:
    """What somebody said themselves."""
    return FENCE.sub("", text).strip()


def data_of(text: str) -> dict[str, Any]:
    """A tool's result as JSON, fenced or not; empty where it is no object."""
    fenced = fences_in(text)
    try:
        data = json.loads(next(iter(fenced.values()), text))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
