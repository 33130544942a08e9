"""Terraform's values and functions, as far as `infrastructure/terraform` uses them."""

import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any


class Unknown(str):
    """A value that is known after apply; the text is its address."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> "Unknown":
        return Unknown(f"{self}[{json.dumps(key)}]")

    def attribute(self, name: str) -> "Unknown":
        return Unknown(f"{self}.{name}")


class Invalid(Exception):
    """The expression has no value; `try` and `can` catch it."""


def items(value: Any) -> list[tuple[Any, Any]]:
    """What `for` and `for_each` go over, in Terraform's order."""
    if isinstance(value, Mapping):
        return sorted(value.items())
    if isinstance(value, set):
        return [(one, one) for one in sorted(value)]
    if isinstance(value, list):
        return list(enumerate(value))
    raise Invalid(f"cannot go over {value!r}")


def text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, list | set | Mapping):
        raise Invalid(f"{value!r} is no text")
    return str(value)


def refuse(why: str) -> Any:
    raise Invalid(why)


def _one(values: Any) -> Any:
    if len(values) > 1:
        raise Invalid("more than one")
    return next(iter(values), None)


def _regex(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[0] if found else refuse(f"{text!r} is not {pattern}")


def _subnet(block: str, bits: int, number: int) -> str:
    network = ipaddress.ip_network(block)
    return str(list(network.subnets(prefixlen_diff=bits))[number])


def _flat(values: Iterable[Any]) -> list[Any]:
    return [
        one for value in values for one in (_flat(value) if isinstance(value, list) else [value])
    ]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "alltrue": all,
    "anytrue": any,
    "cidrhost": lambda block, number: str(ipaddress.ip_network(block)[number]),
    "cidrsubnet": _subnet,
    "coalesce": lambda *values: next(v for v in values if v not in (None, "")),
    "concat": lambda *lists: [one for values in lists for one in values],
    "contains": lambda values, one: one in values,
    "endswith": lambda text, end: text.endswith(end),
    "flatten": _flat,
    "floor": int,
    "join": lambda between, texts: between.join(texts),
    "jsonencode": lambda value: json.dumps(value, separators=(",", ":")),
    "keys": lambda value: [key for key, _ in items(value)],
    "length": len,
    "lookup": lambda values, key, default: values.get(key, default),
    "lower": lambda value: text(value).lower(),
    "merge": lambda *maps: {key: value for one in maps for key, value in one.items()},
    "plantimestamp": lambda: Unknown("plantimestamp()"),
    "nonsensitive": lambda value: value,
    "one": _one,
    "regex": _regex,
    "setintersection": lambda first, *rest: set(first).intersection(*rest),
    "sort": sorted,
    "startswith": lambda text, start: text.startswith(start),
    "strcontains": lambda text, part: part in text,
    "toset": set,
    "tostring": text,
    "values": lambda value: [one for _, one in items(value)],
}
