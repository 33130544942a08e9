"""Takes out of log lines what must not be in them, whoever wrote the line.

Our own events hold ids and codes. Libraries and traces of exceptions may hold anything: tokens, the
credentials of an address, the parameters of a statement, what a person wrote.
"""

import re
from collections.abc import MutableMapping
from typing import Any

REDACTED = "[redacted]"

_NAMES = re.compile(
    r"authorization|password|passwd|secret|cookie|api[-_]?key|access_token|refresh_token|^token$",
    re.I,
)
_PATTERNS = (
    # A JSON Web Token, whole or cut short.
    (re.compile(r"eyJ[\w-]{8,}(\.[\w-]*){0,2}"), REDACTED),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {REDACTED}"),
    (re.compile(r"\bsk-[\w-]{8,}"), REDACTED),
    (re.compile(r"(?i)\b([a-z][\w+.-]*://)[^\s/@:]*:[^\s/@]+@"), rf"\1{REDACTED}@"),
    (
        re.compile(
            r"(?i)\b(token|secret|password|passwd|api[-_]?key|client_secret|ticket|sig|code)"
            r"(=|%3D)[^\s&\"']+"
        ),
        rf"\1\2{REDACTED}",
    ),
    # What pydantic, SQLAlchemy and PostgreSQL tell of the values they did not like.
    (re.compile(r"input_value=.*?(?=, input_type=)", re.S), f"input_value={REDACTED}"),
    (re.compile(r"\[parameters: .*?\](?=\n|$)", re.S), f"[parameters: {REDACTED}]"),
    (re.compile(r"(?m)^(DETAIL:).*$"), rf"\1 {REDACTED}"),
)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog; the last one before the line is written."""
    for name, value in event.items():
        event[name] = REDACTED if _NAMES.search(name) else cleaned(value)
    return event


def cleaned(value: Any) -> Any:
    """The value without what must not be seen, in any depth."""
    if isinstance(value, str):
        for pattern, instead in _PATTERNS:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, dict):
        return {k: REDACTED if _NAMES.search(str(k)) else cleaned(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(entry) for entry in value]
    return value
