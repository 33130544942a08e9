"""OpenAI's chat completions on the wire."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from modules.sandbox.faults import Fault, FaultKind
from modules.sandbox.llm import acceptance
from modules.sandbox.llm.answer import sse
from modules.sandbox.llm.wire import (
    Answer,
    Asked,
    Call,
    Ending,
    Message,
    ToolCall,
    Usage,
    WireError,
)

# Names of real models are answered too, so that tables of prices and abilities can be tried.
MODEL_PREFIXES = ("sandbox-", "gpt-", "o1", "o3", "o4")
KEY_PREFIX = "sandbox"
ARGUMENT_PIECE = 12
END_OF_STREAM = b"data: [DONE]\n\n"
FINISH_REASONS = {
    Ending.STOP: "stop",
    Ending.LENGTH: "length",
    Ending.TOOLS: "tool_calls",
    Ending.FILTERED: "content_filter",
    Ending.REFUSED: "stop",
}


class StreamOptions(BaseModel):
    include_usage: bool = False


class ToolFunction(BaseModel):
    name: str


class Tool(BaseModel):
    type: Literal["function"]
    function: ToolFunction


class ChatRequest(BaseModel):
    """The part of a request that is looked at."""

    model_config = ConfigDict(extra="ignore")

    model: str = ""
    messages: list[Message] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    tools: list[Tool] | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = None
    reasoning_effort: str | None = None
    n: Literal[1] | None = None


class OpenAIFormat:
    """As the vendor itself speaks it, with a key in the header."""

    def asked(self, call: Call) -> Asked:
        self._admit(call)
        request = self._parsed(call.body)
        name = call.deployment or request.model
        self.check_model(name)
        acceptance.check_chat(name, request.model_dump(exclude_none=True))
        options = request.stream_options
        return Asked(
            model=name,
            messages=request.messages,
            stream=request.stream,
            wants_usage=options is not None and options.include_usage,
            token_limit=request.max_completion_tokens or request.max_tokens,
            tool_names=tuple(tool.function.name for tool in request.tools or ()),
        )

    def check_model(self, name: str) -> None:
        """Raises `WireError` for a model that there is not."""
        if not name.startswith(MODEL_PREFIXES):
            raise WireError(
                404,
                f"The model `{name}` does not exist or you do not have access to it.",
                code="model_not_found",
            )

    def opening(self, answer: Answer) -> bytes:
        content = None if answer.reply.tool_calls else ""
        role = {"role": "assistant", "content": content, "refusal": None}
        return sse(self._chunk(answer, role))

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        field = "refusal" if answer.ending is Ending.REFUSED else "content"
        for piece in answer.reply.pieces:
            yield sse(self._chunk(answer, {field: piece}))
        for index, call in enumerate(answer.reply.tool_calls):
            for delta in _tool_deltas(index, call):
                yield sse(self._chunk(answer, delta))

    def closing(self, answer: Answer) -> Iterator[bytes]:
        yield sse(self._chunk(answer, {}, FINISH_REASONS[answer.ending]))
        if answer.asked.wants_usage:
            fields = _head(answer, "chat.completion.chunk")
            yield sse({**fields, "choices": [], "usage": _usage(answer.usage)})
        yield END_OF_STREAM

    def whole(self, answer: Answer) -> dict[str, Any]:
        choice = self._choice({"message": _message(answer)}, FINISH_REASONS[answer.ending])
        return {
            **_head(answer, "chat.completion"),
            "choices": [choice],
            "usage": _usage(answer.usage),
        }

    def refusal(self, fault: Fault, asked: Asked) -> WireError | None:
        match fault.kind:
            case FaultKind.STATUS | FaultKind.ERROR:
                return self._status_error(fault, asked.model)
            case FaultKind.QUOTA:
                words = "You exceeded your current quota, please check your plan and billing."
                return WireError(429, words, kind="insufficient_quota", code="insufficient_quota")
            case FaultKind.CONTEXT:
                words = (
                    "This model's maximum context length is 128000 tokens. Shorten the messages."
                )
                return WireError(400, words, param="messages", code="context_length_exceeded")
            case FaultKind.PROMPT_FILTER:
                words = "The prompt was refused by the content management policy of the sandbox."
                return WireError(400, words, param="prompt", code="content_filter")
        return None

    def error_body(self, error: WireError) -> dict[str, Any]:
        return {
            "error": {
                "message": error.message,
                "type": error.kind,
                "param": error.param,
                "code": error.code,
            }
        }

    def error_frame(self) -> bytes:
        words = "The server had an error while processing your request."
        return sse(self.error_body(WireError(500, words, kind="server_error")))

    def idle_frame(self) -> bytes:
        return b": keep-alive\n\n" + sse({"object": "chat.completion.chunk", "choices": []})

    def _admit(self, call: Call) -> None:
        """Raises `WireError` without a key of the sandbox."""
        check_key(call.headers.get("authorization", ""))

    def _parsed(self, body: bytes) -> ChatRequest:
        try:
            return ChatRequest.model_validate_json(body)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            param = ".".join(str(part) for part in problem["loc"]) or None
            raise WireError(400, f"Invalid request: {problem['msg']}", param=param) from error

    def _status_error(self, fault: Fault, model: str) -> WireError:
        """The error that comes with a status, as far as clients look at it."""
        after = fault.retry_after
        headers = {} if after is None else {"retry-after": f"{after:g}"}
        if fault.status == 429:
            words = f"Rate limit reached for {model} in the sandbox. Please try again later."
            return WireError(
                429, words, kind="requests", code="rate_limit_exceeded", headers=headers
            )
        kind = "server_error" if fault.status >= 500 else "invalid_request_error"
        words = f"The sandbox was asked to answer {fault.status}."
        return WireError(fault.status, words, kind=kind, headers=headers)

    def _chunk(
        self, answer: Answer, delta: dict[str, Any], finish_reason: str | None = None
    ) -> dict[str, Any]:
        choice = self._choice({"delta": delta}, finish_reason)
        chunk = {**_head(answer, "chat.completion.chunk"), "choices": [choice]}
        return {**chunk, "usage": None} if answer.asked.wants_usage else chunk

    def _choice(self, content: dict[str, Any], finish_reason: str | None) -> dict[str, Any]:
        return {"index": 0, **content, "logprobs": None, "finish_reason": finish_reason}


def check_key(authorization: str) -> None:
    """Raises `WireError` for a header without a key of the sandbox."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise WireError(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization "
            "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        )
    if not key.startswith(KEY_PREFIX):
        # A real key that came here by a mistake in the configuration shows itself at once.
        raise WireError(
            401,
            f'Incorrect API key provided. Keys of the sandbox begin with "{KEY_PREFIX}".',
            code="invalid_api_key",
        )


def _head(answer: Answer, kind: str) -> dict[str, Any]:
    """What all objects of one completion have in common."""
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": kind,
        "created": answer.created,
        "model": answer.asked.model,
        "service_tier": "default",
        "system_fingerprint": "fp_sandbox",
    }


def _message(answer: Answer) -> dict[str, Any]:
    reply = answer.reply
    message: dict[str, Any] = {"role": "assistant", "content": reply.text, "refusal": None}
    if answer.ending is Ending.REFUSED:
        message |= {"content": None, "refusal": reply.text}
    if reply.tool_calls:
        message["content"] = None
        message["tool_calls"] = [_tool_call(call, call.arguments) for call in reply.tool_calls]
    return message


def _tool_deltas(index: int, call: ToolCall) -> Iterator[dict[str, Any]]:
    """The name first, then the arguments piece by piece, as models write them."""
    yield {"tool_calls": [{"index": index, **_tool_call(call, "")}]}
    for start in range(0, len(call.arguments), ARGUMENT_PIECE):
        piece = call.arguments[start : start + ARGUMENT_PIECE]
        yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _tool_call(call: ToolCall, arguments: str) -> dict[str, Any]:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
