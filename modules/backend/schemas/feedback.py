"""Wire shapes of feedback."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from modules.backend.schemas.base import WireModel, storable

Rating = Literal["up", "down"]
MAX_COMMENT = 2_000


class FeedbackIn(WireModel):
    """What you say of an answer. It takes the place of what you said before."""

    rating: Rating
    comment: (
        Annotated[
            str,
            StringConstraints(strip_whitespace=True, max_length=MAX_COMMENT),
            AfterValidator(storable),
        ]
        | None
    ) = None


class FeedbackOut(WireModel):
    rating: Rating
    comment: str | None
    given_at: datetime


class FeedbackEntry(FeedbackOut):
    message_id: str
    """The answer that it is about; it may have been made again since."""
    conversation_id: UUID
    person_id: UUID
    provider: str | None
    """Of the model that ended the answer; null where nobody knows, as is `model`."""
    model: str | None


class FeedbackDay(WireModel):
    day: date
    up: int
    down: int


class FeedbackPage(WireModel):
    first: Annotated[date, Field(serialization_alias="from")]
    last: Annotated[date, Field(serialization_alias="to")]
    days: list[FeedbackDay]
    """All days (UTC) of the range on which some was given, latest first, on every page."""
    items: list[FeedbackEntry]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""
