"""The part of the search language that the tenant understands.

    manager.id:"2c91…"      requestable:true AND name:*pay*      @access(id:"2c91…") AND NOT x:y

Terms are joined by AND, OR, NOT and parentheses; without a word between them, by OR as on a real
tenant. Everything else, and a field that an index does not have, is refused: a client's mistake
shows itself here instead of finding nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from modules.sandbox.sailpoint.api_call import Json
from modules.sandbox.sailpoint.errors import ApiError, bad_request

MAX_LENGTH = 20_000
TOKEN = re.compile(
    r"""\s*(?:(?P<nested>@\w+\()|(?P<mark>[()])
        |(?P<term>(?:[\w.]+:)?(?:"(?:[^"\\]|\\.)*"|(?:[^\s()"\\:]|\\.)+)))""",
    re.VERBOSE,
)
TERM = re.compile(r"(?:(?P<field>[\w.]+):)?(?P<value>.+)", re.DOTALL)
UNSUPPORTED = re.compile(r"[\[\]{}^~/]")
WORDS = re.compile(r"\w+")
TEXT_FIELDS = ("name", "displayName", "description", "email")

Match = Callable[[Json], bool]


@dataclass(frozen=True)
class Vocabulary:
    """The fields that can be searched, and per nested list those of its entries."""

    fields: frozenset[str]
    nested: dict[str, frozenset[str]]


class SearchQuery:
    """A parsed query. Raises `ApiError` for what is not supported."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        if len(text) > MAX_LENGTH:
            raise bad_request("The query is too long.")
        self._vocabulary = vocabulary
        self._fields = vocabulary.fields
        self._tokens = list(_tokens(text))
        self._position = 0
        self.matches: Match = self._either()
        if self._position < len(self._tokens):
            raise _unreadable(self._tokens[self._position])

    def _peek(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _take(self, mark: str) -> bool:
        if self._peek() != mark:
            return False
        self._position += 1
        return True

    def _either(self) -> Match:
        parts = [self._both()]
        while self._take("OR") or self._peek() not in (None, ")", "AND"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def _both(self) -> Match:
        parts = [self._single()]
        while self._take("AND"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def _single(self) -> Match:
        word = self._peek()
        if word is None or word in (")", "AND", "OR"):
            raise _unreadable(word or "the end")
        self._position += 1
        if word == "NOT":
            inner = self._single()
            return lambda row: not inner(row)
        if word == "(":
            return self._closed(self._either())
        if word.startswith("@"):
            return self._nested(word[1:-1])
        return _term(word, self._fields)

    def _nested(self, name: str) -> Match:
        fields = self._vocabulary.nested.get(name)
        if fields is None:
            raise bad_request(f"Nothing nested is called {name}.")
        outer, self._fields = self._fields, fields
        inner = self._closed(self._either())
        self._fields = outer
        return lambda row: any(inner(entry) for entry in row.get(name, []))

    def _closed(self, match: Match) -> Match:
        if not self._take(")"):
            raise _unreadable(self._peek() or "the end")
        return match


def values_at(document: Any, path: str) -> Iterator[Any]:
    """All values at a dotted path, through lists."""
    if isinstance(document, list):
        for entry in document:
            yield from values_at(entry, path)
    elif not path:
        yield document
    elif isinstance(document, dict):
        name, _, rest = path.partition(".")
        if name in document:
            yield from values_at(document[name], rest)


def _tokens(text: str) -> Iterator[str]:
    position = 0
    while text[position:].strip():
        found = TOKEN.match(text, position)
        if found is None:
            raise _unreadable(text[position:])
        yield found.group().strip()
        position = found.end()


def _term(token: str, fields: frozenset[str]) -> Match:
    found = TERM.fullmatch(token)
    assert found is not None
    field, value = found.group("field"), found.group("value")
    matches = _value(value)
    if field is None:
        return lambda row: any(matches(one) for name in TEXT_FIELDS for one in values_at(row, name))
    if field not in fields:
        raise bad_request(f"The field {field} cannot be searched.")
    return lambda row: any(matches(one) for one in values_at(row, field))


def _value(text: str) -> Callable[[Any], bool]:
    if text.startswith('"'):
        wanted = _plain(text[1:-1]).casefold()
        return lambda one: _says(one, wanted)
    if UNSUPPORTED.search(re.sub(r"\\.", "", text)):
        raise _unreadable(text)
    if "*" in text or "?" in text:
        pattern = _plain(text).casefold()
        return lambda one: one is not None and fnmatchcase(_text(one), pattern)
    wanted = _plain(text).casefold()
    return lambda one: _says(one, wanted)


def _says(value: Any, wanted: str) -> bool:
    """Whether a value is the wanted one or, as text, has its words in a row."""
    if value is None:
        return False
    text = _text(value)
    words, sought = WORDS.findall(text), WORDS.findall(wanted)
    spans = range(len(words) - len(sought) + 1)
    return text == wanted or (
        bool(sought) and any(words[start : start + len(sought)] == sought for start in spans)
    )


def _text(value: Any) -> str:
    return (str(value).lower() if isinstance(value, bool) else str(value)).casefold()


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _unreadable(token: str) -> ApiError:
    return bad_request(f'The query is not valid at "{token[:60]}".')
