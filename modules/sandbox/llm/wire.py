"""What is asked and answered, apart from any vendor's wire format."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from modules.sandbox.faults import Fault


class WireError(Exception):
    """A refusal with its status. Each format has its own body for it.

    `kind` and `code` are OpenAI's words, `inner` is what Azure adds.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
        inner: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.param = param
        self.code = code
        self.headers = headers or {}
        self.inner = inner


class TextPart(BaseModel):
    type: str
    text: str = ""


class FunctionCall(BaseModel):
    name: str
    arguments: str = ""


class MessageToolCall(BaseModel):
    id: str
    function: FunctionCall


class Message(BaseModel):
    """One message of the history that the caller sends."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None
    tool_calls: list[MessageToolCall] | None = None
    tool_call_id: str | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content)
        return self.content or ""


@dataclass(frozen=True)
class Asked:
    """A request, as far as the script looks at it."""

    model: str
    messages: Sequence[Message]
    stream: bool = False
    wants_usage: bool = True
    token_limit: int | None = None
    tool_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToolCall:
    """A call that the model asks for; `arguments` is JSON text, as on the wire."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Reply:
    """An answer in the pieces in which it is streamed, or the tools to call first.

    `tokens` is the size of the answer where it was ordered; otherwise it is counted.
    """

    pieces: tuple[str, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tokens: int | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True)
class Usage:
    """Tokens. `cached` and `written` to a cache are parts of `prompt`, `reasoning` of the rest."""

    prompt: int
    completion: int
    cached: int
    reasoning: int
    written: int = 0


class Ending(StrEnum):
    """Why an answer ends."""

    STOP = "stop"
    LENGTH = "length"
    TOOLS = "tools"
    FILTERED = "filtered"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """A reply to a request, with its size and the reason why it ends.

    `idle` is how many chunks without content come before it.
    """

    id: str
    created: int
    asked: Asked
    reply: Reply
    usage: Usage
    ending: Ending
    idle: int = 0


@dataclass(frozen=True)
class Call:
    """Who asks what, as the format's endpoint received it."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    deployment: str | None = None


class WireFormat(Protocol):
    """One vendor's words for it all."""

    def asked(self, call: Call) -> Asked:
        """Raises `WireError` for what the vendor would refuse."""
        ...

    def opening(self, answer: Answer) -> bytes: ...

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        """A frame for each piece of text and of the tools' arguments."""
        ...

    def closing(self, answer: Answer) -> Iterator[bytes]: ...

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The answer that is not streamed."""
        ...

    def refusal(self, fault: Fault, asked: Asked) -> WireError | None:
        """The error instead of an answer; None if the vendor answers this in another way."""
        ...

    def error_body(self, error: WireError) -> dict[str, Any]: ...

    def error_frame(self) -> bytes:
        """An error in the middle of a stream."""
        ...

    def idle_frame(self) -> bytes:
        """A sign of life that says nothing."""
        ...


Frames = AsyncIterator[bytes]
