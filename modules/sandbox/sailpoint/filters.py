"""The filter language of lists: `name sw "Pay" and created gt 2026-01-01T00:00:00Z`.

Strict where a tenant is strict: a field takes only the operators that its list documents, and
everything else is refused. A quoted time is read, and matches nothing, as on a real tenant.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from modules.sandbox.sailpoint.clock import parse_stamp
from modules.sandbox.sailpoint.errors import ApiError, bad_request

Row = TypeVar("Row")
MAX_LENGTH = 8000
TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[(),])|(?P<word>[^\s"(),]+))""", re.VERBOSE
)
FLAGS = {"true": True, "false": False}
ORDERS = {"gt": operator.gt, "lt": operator.lt, "ge": operator.ge, "le": operator.le}
OPERATORS = frozenset({"eq", "ne", "gt", "lt", "ge", "le", "sw", "in", "isnull"})


class Kind(StrEnum):
    TEXT = "text"
    FLAG = "flag"
    TIME = "time"


@dataclass(frozen=True)
class Field(Generic[Row]):
    """A field that a list can be filtered by: its operators and where its value is."""

    operators: str
    value: Callable[[Row], Any]
    kind: Kind = Kind.TEXT


class _QuotedTime(str):
    """A time in quotes: valid, and equal to nothing."""


class Filter(Generic[Row]):
    """A parsed filter. Raises `ApiError` for what the list does not support."""

    def __init__(self, text: str, fields: Mapping[str, Field[Row]]) -> None:
        if len(text) > MAX_LENGTH:
            raise bad_request("The filter is too long.")
        self._fields = fields
        self._tokens = _tokens(text)
        self._position = 0
        self.matches = self._either()
        if self._position < len(self._tokens):
            raise _unreadable(self._tokens[self._position])

    def _peek(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _next(self) -> str:
        token = self._peek()
        if token is None:
            raise bad_request("The filter ends too early.")
        self._position += 1
        return token

    def _take(self, token: str) -> bool:
        if self._peek() != token:
            return False
        self._position += 1
        return True

    def _either(self) -> Callable[[Row], bool]:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def _both(self) -> Callable[[Row], bool]:
        parts = [self._single()]
        while self._take("and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def _single(self) -> Callable[[Row], bool]:
        if self._take("not"):
            inner = self._single()
            return lambda row: not inner(row)
        if self._take("("):
            inner = self._either()
            self._expect(")")
            return inner
        return self._comparison()

    def _expect(self, mark: str) -> None:
        token = self._next()
        if token != mark:
            raise _unreadable(token)

    def _comparison(self) -> Callable[[Row], bool]:
        name, verb = self._next(), self._next()
        field = self._fields.get(name)
        if field is None or verb not in OPERATORS or verb not in field.operators.split():
            raise bad_request(f'Filter field "{name}" with operator "{verb}" is not supported.')
        if verb == "isnull":
            return lambda row: field.value(row) is None
        if verb == "in":
            wanted = self._values(field)
            return lambda row: field.value(row) in wanted
        return _compare(field, verb, self._value(field, self._next()))

    def _values(self, field: Field[Row]) -> list[Any]:
        self._expect("(")
        values = [self._value(field, self._next())]
        while self._take(","):
            values.append(self._value(field, self._next()))
        self._expect(")")
        return values

    def _value(self, field: Field[Row], token: str) -> Any:
        quoted = token.startswith('"')
        match field.kind:
            case Kind.TEXT if quoted:
                return re.sub(r"\\(.)", r"\1", token[1:-1])
            case Kind.FLAG if token in FLAGS:
                return FLAGS[token]
            case Kind.TIME if quoted:
                return _QuotedTime(token)
            case Kind.TIME if moment := parse_stamp(token):
                return moment
        raise _unreadable(token)


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while text[position:].strip():
        found = TOKEN.match(text, position)
        if found is None:
            raise _unreadable(text[position:])
        tokens.append(found.group().strip())
        position = found.end()
    return tokens


def _compare(field: Field[Row], verb: str, wanted: Any) -> Callable[[Row], bool]:
    if isinstance(wanted, _QuotedTime):
        return lambda _: False
    return lambda row: _holds(field.value(row), verb, wanted)


def _holds(value: Any, verb: str, wanted: Any) -> bool:
    if verb in ("eq", "ne"):
        return (value == wanted) is (verb == "eq")
    if not isinstance(value, type(wanted)):
        return False
    if verb == "sw":
        return str(value).startswith(str(wanted))
    return bool(ORDERS[verb](value, wanted))


def _unreadable(token: str) -> ApiError:
    return bad_request(f'Filter is not valid at "{token[:60]}".')
