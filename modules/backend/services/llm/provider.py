"""What a model is to the rest of the product: a request in, a stream of parts out.

An adapter in `providers` translates one vendor's wire format and nothing else. Retry, failover,
tracing and cost are wrappers with the same protocol.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol


def _nobody(_: object) -> None:
    """Nobody wants to know."""


async def _no_account(_: object) -> None:
    """Nobody pays."""


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

    `on_attempt` is awaited before every attempt reaches a vendor, and may refuse it by raising;
    `on_wait` is told of the place in line while there is one, from 1. `person` is whose turn it
    is when a deployment is taken in turn.
    """

    messages: Sequence[ChatMessage]
    role: ModelRole = ModelRole.CHAT
    tools: Sequence[Tool] = ()
    max_output_tokens: int | None = None
    person: str = ""
    on_attempt: Callable[["Attempt"], Awaitable[None]] = _no_account
    on_wait: Callable[[int], None] = _nobody


@dataclass(frozen=True, slots=True)
class TextDelta:
    """Text, all that one read of the vendor's stream brought."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `cached_input` and `cache_write` are parts of `input`, `reasoning` is one
    of `output`.

    None is unknown. `raw` is the vendor's own report.
    """

    input_tokens: int | None
    output_tokens: int | None
    cached_input_tokens: int | None = None
    reasoning_tokens: int | None = None
    cache_write_tokens: int | None = None
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
    input_estimate: int = 0
    """Tokens of the request, by a rule of thumb."""
    input_bound: int = 0
    """Tokens that the request cannot have more of."""
    output_bound: int | None = None
    """Tokens that the answer was allowed."""


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
