"""Wire shapes of conversations and their messages."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from modules.backend.schemas.base import WireModel, storable
from modules.backend.schemas.feedback import FeedbackOut


class ConversationOut(WireModel):
    id: UUID
    title: str | None
    created_at: datetime
    updated_at: datetime
    active_run_id: UUID | None
    """The answer that is being written, to attach to."""


class ConversationPage(WireModel):
    items: list[ConversationOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""


class ConversationRename(WireModel):
    title: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
        AfterValidator(storable),
    ]


class ErrorOut(WireModel):
    """What went wrong, in a form for programs (`code`) and for people (`message`)."""

    code: str
    message: str
    retryable: bool
    retry_after_seconds: int | None = None
    """Only where a limit is used up."""


class StepOut(WireModel):
    """A tool call of an answer. `arguments` and `result` are JSON texts."""

    id: str
    name: str
    title: str
    arguments: str
    result: str
    seconds: float
    is_error: bool


class MessageOut(WireModel):
    id: str
    role: Literal["user", "assistant"]
    content: str
    steps: list[StepOut] | None
    status: Literal["complete", "stopped", "failed"]
    error: ErrorOut | None
    run_id: UUID
    created_at: datetime
    feedback: FeedbackOut | None = None
    """What you said of the answer, null where you said nothing."""


class ConversationExport(WireModel):
    """A conversation to take away."""

    id: UUID
    title: str | None
    created_at: datetime
    messages: Annotated[list[MessageOut], Field(description="Oldest first.")]
