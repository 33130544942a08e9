"""What a model is to the rest of the product: a request in, a stream of parts out.

An adapter in `providers` translates one vendor's wire format and nothing else. Retry, failover,
tracing and cost are wrappers with the same protocol.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol


def _nobody(_: object) -> None:
    """Nobody wants to know."""


class ModelRole(StrEnum):
    """What a model is used for; which model that is, the settings say."""

    CHAT = "chat"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model asks for. `arguments` is the JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: Sequence[ToolCall] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may ask for; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LLMRequest:
    """What is asked of a model.

    `on_attempt` is told of every attempt that is about to reach a vendor, the failed ones too;
    `on_wait` of the place in the queue while there is one, from 1.
    """

    messages: Sequence[ChatMessage]
    role: ModelRole = ModelRole.CHAT
    tools: Sequence[Tool] = ()
    max_output_tokens: int | None = None
    on_attempt: Callable[["Attempt"], None] = _nobody
    on_wait: Callable[[int], None] = _nobody


@dataclass(frozen=True, slots=True)
class TextDelta:
    """Text, all that one read of the vendor's stream brought."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `cached_input` and `reasoning` are parts of the two totals.

    None is unknown. `raw` is the vendor's own report.
    """

    input_tokens: int | None
    output_tokens: int | None
    cached_input_tokens: int | None = None
    reasoning_tokens: int | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Attempt:
    """One call of one vendor, filled in as it goes. What is None is unknown, never zero."""

    provider: str
    model: str
    started_at: datetime
    ended_at: datetime | None = None
    usage: Usage | None = None
    is_estimate: bool = False
    """The usage was estimated because the vendor reported none."""
    outcome: str = "open"
    """`finished`, `stopped` by us, or the code of the error."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of the stream, always the last part. `reason` is the vendor's word."""

    reason: str


LLMPart = TextDelta | ToolCall | Usage | Finished


class LLMProvider(Protocol):
    name: str

    def model(self, role: ModelRole) -> str:
        """The name of the model that plays the role."""
        ...

    def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        """The parts of one answer, ending with Finished.

        Raises LLMUnavailable when another attempt may do, LLMRejected when it would not. Closing
        the iterator ends the vendor's stream.
        """
        ...

    async def close(self) -> None: ...
