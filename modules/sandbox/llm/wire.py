"""OpenAI's chat completions on the wire: what comes in, and the objects that go out."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class WireError(Exception):
    """An error body of the API, with its status."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


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


class StreamOptions(BaseModel):
    include_usage: bool = False


class ToolFunction(BaseModel):
    name: str


class Tool(BaseModel):
    type: Literal["function"]
    function: ToolFunction


class ChatRequest(BaseModel):
    """The part of a request that the script looks at."""

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    tools: list[Tool] | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    n: Literal[1] | None = None

    @property
    def token_limit(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens

    @property
    def wants_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage


@dataclass(frozen=True)
class ToolCall:
    """A call that the model asks for; `arguments` is JSON text, as on the wire."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Usage:
    prompt: int
    completion: int
    cached: int
    reasoning: int

    def body(self) -> dict[str, Any]:
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": self.reasoning,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


@dataclass(frozen=True)
class Head:
    """What all objects of one completion have in common."""

    id: str
    created: int
    model: str

    def chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        choice = {
            "index": 0,
            "delta": delta,
            "logprobs": None,
            "finish_reason": finish_reason,
        }
        return {**self._fields("chat.completion.chunk"), "choices": [choice]}

    def usage_chunk(self, usage: Usage) -> dict[str, Any]:
        return {**self._fields("chat.completion.chunk"), "choices": [], "usage": usage.body()}

    def completion(
        self, message: dict[str, Any], finish_reason: str, usage: Usage
    ) -> dict[str, Any]:
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": finish_reason,
        }
        return {
            **self._fields("chat.completion"),
            "choices": [choice],
            "usage": usage.body(),
        }

    def _fields(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "service_tier": "default",
            "system_fingerprint": "fp_sandbox",
        }


def status_error(status: int, model: str, retry_after: float | None) -> WireError:
    """The error that OpenAI sends with a status, as far as its clients look at it."""
    headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
    if status == 429:
        return WireError(
            status,
            f"Rate limit reached for {model} in the sandbox. Please try again later.",
            kind="requests",
            code="rate_limit_exceeded",
            headers=headers,
        )
    kind = "server_error" if status >= 500 else "invalid_request_error"
    return WireError(
        status, f"The sandbox was asked to answer {status}.", kind=kind, headers=headers
    )
