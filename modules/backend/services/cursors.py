"""Cursors of lists: where the next page goes on, opaque to whoever sends one back."""

import base64
import binascii
from datetime import UTC, datetime
from uuid import UUID

from modules.backend.core.errors import InvalidInput


def cursor_of(first: str, second: object) -> str:
    """The place behind a row that is ordered by these two; `first` holds no space."""
    return base64.urlsafe_b64encode(f"{first} {second}".encode()).decode()


def read_cursor(cursor: str) -> tuple[str, str]:
    """The two parts of a cursor. Raises InvalidInput."""
    try:
        first, _, second = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
    except (ValueError, binascii.Error):
        raise not_a_cursor() from None
    return first, second


def read_moment_and_id(cursor: str) -> tuple[datetime, UUID]:
    """The place in a list that is ordered by time and id. Raises InvalidInput."""
    when, row_id = read_cursor(cursor)
    try:
        moment = datetime.fromisoformat(when)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC), UUID(row_id)
    except (ValueError, OverflowError):
        raise not_a_cursor() from None


def not_a_cursor() -> InvalidInput:
    """What to raise for a cursor that no page gave."""
    return InvalidInput("invalid_input", "The cursor is not one that a page of this list gave.")
