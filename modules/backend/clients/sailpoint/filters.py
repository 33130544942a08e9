"""Ids, filters and search queries, built so that text from people or models stays text.

Filters: SailPoint's standard collection parameters (SCIM's syntax, lower-case operators). Queries:
the query strings of Elasticsearch, of which only quoted phrases are used.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator

from modules.backend.core.errors import InvalidInput

MAX_TEXT = 256
MAX_IN = 50
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SPECIAL = re.compile(r'(["\\])')


def checked_id(value: str) -> str:
    """The id, if it can be one. Raises InvalidInput.

    Nothing is where an empty id stands: SailPoint would answer for the whole organisation. `me` is
    whoever the token belongs to, which may be the service itself; it is never what is meant here.
    """
    if not _ID.fullmatch(value) or value == "me":
        raise InvalidInput("sailpoint_id_invalid", "That is not an id of SailPoint.")
    return value


def _as_value_error(value: str) -> str:
    try:
        return checked_id(value)
    except InvalidInput as error:
        raise ValueError(error.message) from error


Id = Annotated[str, AfterValidator(_as_value_error)]
"""An id in a request's shape."""


def quoted(text: str) -> str:
    """The text as one string literal of a filter, and equally as one phrase of a query.

    Raises InvalidInput for more than `MAX_TEXT` characters. Control characters become spaces, and
    halves of surrogate pairs question marks: neither can be sent.
    """
    if len(text) > MAX_TEXT:
        raise InvalidInput(
            "text_too_long", f"Search for something shorter than {MAX_TEXT} characters."
        )
    sendable = text.encode("utf-8", "replace").decode("utf-8")
    escaped = _SPECIAL.sub(r"\\\1", _CONTROL.sub(" ", sendable))
    return f'"{escaped}"'


def eq(field: str, value: str | bool) -> str:
    """`field` is ours, never a person's."""
    if isinstance(value, bool):
        return f"{field} eq {str(value).lower()}"
    return f"{field} eq {quoted(value)}"


def one_of(field: str, values: Iterable[str]) -> str:
    """Raises InvalidInput for none or more than `MAX_IN` values."""
    texts = [quoted(value) for value in values]
    if not 1 <= len(texts) <= MAX_IN:
        raise InvalidInput("too_many_values", f"Ask for at most {MAX_IN} entries at once.")
    return f"{field} in ({','.join(texts)})"


def since(field: str, moment: datetime) -> str:
    """Without quotes: SailPoint reads a quoted date as a text that matches nothing."""
    utc = moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"{field} ge {utc}"


def all_of(*filters: str) -> str:
    return " and ".join(filters)


def has(field: str, text: str) -> str:
    """A search query for documents whose field is the text."""
    return f"{field}:{quoted(text)}"


def any_of(field: str, texts: Iterable[str]) -> str:
    """A search query for documents whose field is one of the texts."""
    return " OR ".join(has(field, text) for text in texts)
