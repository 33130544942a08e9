"""The protocol's input, and the frames of the socket."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictStr, TypeAdapter
from pydantic.alias_generators import to_camel

from modules.backend.schemas.base import WireModel


class ForwardedProps(WireModel):
    """What this product adds to the input. Anything else in it is left alone."""

    regenerate: Annotated[StrictStr, Field(min_length=1, max_length=128)] | None = None
    edit: Annotated[StrictStr, Field(min_length=1, max_length=128)] | None = None
    traceparent: Any = None
    """The trace of the click, as the W3C header of that name. What is none is left alone, too."""


class Decision(WireModel):
    """The payload of an answered interrupt, as its response schema says: nothing more."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["confirm", "decline"]


class Resume(WireModel):
    """The person's word on an interrupt. Cancelled means declined."""

    interrupt_id: UUID
    status: Literal["resolved", "cancelled"]
    payload: Decision | None = None


class RunInput(WireModel):
    """`RunAgentInput` as far as the server reads it: of the messages only the last question."""

    thread_id: UUID
    run_id: UUID
    messages: Annotated[list[dict[str, Any]], Field(default_factory=list)]
    forwarded_props: ForwardedProps | None = None
    resume: Annotated[list[Resume], Field(max_length=50)] | None = None

    @property
    def traceparent(self) -> object:
        return None if self.forwarded_props is None else self.forwarded_props.traceparent


class _Frame(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


class AuthFrame(_Frame):
    type: Literal["auth"]
    token: StrictStr


class RunFrame(_Frame):
    type: Literal["run"]
    input: RunInput


class AttachFrame(_Frame):
    type: Literal["attach"]
    run_id: UUID
    after: StrictStr = "0"


class CancelFrame(_Frame):
    type: Literal["cancel"]
    run_id: UUID


class PingFrame(_Frame):
    type: Literal["ping"]


ClientFrame = AuthFrame | RunFrame | AttachFrame | CancelFrame | PingFrame
FRAME_TYPES = frozenset({"auth", "run", "attach", "cancel", "ping"})

client_frame: TypeAdapter[ClientFrame] = TypeAdapter(
    Annotated[ClientFrame, Field(discriminator="type")]
)


class CancelOut(WireModel):
    """What really happens to a run that somebody wanted to stop."""

    run_id: UUID
    status: Literal["cancelled", "finished", "failed"]
