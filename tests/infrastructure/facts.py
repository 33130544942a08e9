"""Reads `facts.toml`, and sees for each fact whether the product is what the standard says."""

import dataclasses
import importlib
import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.fixtures.stores import ROOT
from tests.infrastructure.configuration import Configuration, configuration
from tests.unit.test_house import example, value

WAYS = ("is", "setting", "code", "holds", "lacks", "shown", "told", "azure")
COMPARED = WAYS[:5]


@dataclasses.dataclass(frozen=True)
class Fact:
    """A line of the standard, the file that implements it, and one way to see it."""

    section: str
    row: str
    says: str
    by: str
    way: str
    seen: Any
    environments: tuple[str, ...]
    given: Mapping[str, Any]
    expected: Any
    differs: str | None
    see: str | None

    @property
    def name(self) -> str:
        return f"{self.section}: {self.row}"

    def agrees(self, environment: str, changed: Configuration | None = None) -> bool:
        """Whether the product is what the standard says. `changed` stands for the environment."""
        found = getattr(self, f"_{self.way}")(environment, changed)
        if isinstance(self.expected, range):
            return found in self.expected
        return bool(found == self.expected)

    def _is(self, environment: str, changed: Configuration | None) -> Any:
        if changed is None:
            changed = (
                Configuration(environment, **self.given)
                if self.given
                else configuration(environment)
            )
        return plain(changed.value(self.seen))

    def _setting(self, *_: Any) -> Any:
        text = example()[self.seen]
        return value(text) if not isinstance(self.expected, str) else text

    def _code(self, *_: Any) -> Any:
        module, _, path = self.seen.partition(":")
        found: Any = importlib.import_module(module)
        for part in path.split("."):
            is_shape = isinstance(found, type) and dataclasses.is_dataclass(found)
            found = getattr(found() if is_shape else found, part)
        return found

    def _holds(self, *_: Any) -> bool:
        return self.seen in self._text()

    def _lacks(self, *_: Any) -> bool:
        return self.seen not in self._text()

    def _text(self) -> str:
        return "\n".join(path.read_text(encoding="utf-8") for path in files(self.by))


def plain(found: Any) -> Any:
    """Sets and mappings as they are written in the data."""
    if isinstance(found, set):
        return sorted(found)
    if isinstance(found, Mapping):
        return {key: plain(one) for key, one in found.items()}
    return [plain(one) for one in found] if isinstance(found, list) else found


def files(pattern: str) -> list[Path]:
    """The files that a fact names, from the root of the project."""
    found = sorted(ROOT.glob(pattern))
    if not found:
        raise FileNotFoundError(pattern)
    return found


@cache
def facts() -> list[Fact]:
    text = (Path(__file__).parent / "facts.toml").read_text(encoding="utf-8")
    sections = tomllib.loads(text)["section"]
    return [_fact(section, entry) for section in sections for entry in section["facts"]]


def _fact(section: dict[str, Any], entry: dict[str, Any]) -> Fact:
    (way,) = entry.keys() & set(WAYS)
    unknown = entry.keys() - {*WAYS, "row", "says", "means", "between", "in", "with", "by"}
    if unknown - {"differs", "see"}:
        raise ValueError(f"{json.dumps(entry)}: {unknown}")
    if "between" in entry:
        first, last = entry["between"]
        expected: Any = range(first, last + 1)
    elif way in ("holds", "lacks"):
        expected = True
    else:
        expected = entry.get("means", entry["says"])
    return Fact(
        section=section["title"],
        row=entry["row"],
        says=entry["says"],
        by=entry.get("by", section["by"]),
        way=way,
        seen=entry[way],
        environments=tuple(entry.get("in", ["prod"])) if way == "is" else ("",),
        given=entry.get("with", {}),
        expected=expected,
        differs=entry.get("differs"),
        see=entry.get("see"),
    )
