"""Anthropic's Messages API on the wire."""

import json
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from modules.sandbox.faults import Fault, FaultKind
from modules.sandbox.llm import acceptance
from modules.sandbox.llm.answer import sse
from modules.sandbox.llm.openai_format import ARGUMENT_PIECE, check_key
from modules.sandbox.llm.turns import check_turns, flattened
from modules.sandbox.llm.wire import Answer, Asked, Call, Ending, Message, Usage, WireError

MODEL_PREFIXES = ("sandbox-", "claude-")
STOP_REASONS = {
    Ending.STOP: "end_turn",
    Ending.LENGTH: "max_tokens",
    Ending.TOOLS: "tool_use",
    Ending.FILTERED: "refusal",
    Ending.REFUSED: "end_turn",
}
KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
PING = sse({"type": "ping"}, "ping")


class Turn(BaseModel):
    role: Literal["user", "assistant"]
    content: str | list[dict[str, Any]]


class Tool(BaseModel):
    name: str
    input_schema: dict[str, Any]


class MessagesRequest(BaseModel):
    """The part of a request that is looked at."""

    model_config = ConfigDict(extra="ignore")

    model: str
    max_tokens: int = Field(ge=1)
    messages: list[Turn] = Field(min_length=1)
    system: str = ""
    stream: bool = False
    tools: list[Tool] = []
    temperature: float | None = None
    thinking: dict[str, Any] | None = None
    output_config: dict[str, Any] | None = None


class AnthropicFormat:
    def asked(self, call: Call) -> Asked:
        key = call.headers.get("x-api-key")
        check_key(f"Bearer {key}" if key else call.headers.get("authorization", ""))
        if "anthropic-version" not in call.headers:
            raise WireError(400, "anthropic-version: header is required")
        request = _parsed(call.body)
        if not request.model.startswith(MODEL_PREFIXES):
            raise WireError(404, f"model: {request.model}")
        acceptance.check_messages(request.model, request.model_dump(exclude_none=True))
        turns = [(turn.role, turn.content) for turn in request.messages]
        check_turns(turns)
        system = [Message(role="system", content=request.system)] if request.system else []
        return Asked(
            model=request.model,
            messages=[*system, *flattened(turns)],
            stream=request.stream,
            token_limit=request.max_tokens,
            tool_names=tuple(tool.name for tool in request.tools),
        )

    def opening(self, answer: Answer) -> bytes:
        usage = _usage(answer.usage) | {"output_tokens": 1}
        head = _head(answer) | {"content": [], "stop_reason": None, "usage": usage}
        begin = sse({"type": "message_start", "message": head}, "message_start") + PING
        return begin + (_start(0, {"type": "text", "text": ""}) if answer.reply.pieces else b"")

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        index = 0
        for piece in answer.reply.pieces:
            yield _delta(index, {"type": "text_delta", "text": piece})
        if answer.reply.pieces:
            yield _stop(index)
            index += 1
        for position, call in enumerate(answer.reply.tool_calls, start=index):
            block = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
            yield _start(position, block)
            yield _delta(position, {"type": "input_json_delta", "partial_json": ""})
            for start in range(0, len(call.arguments), ARGUMENT_PIECE):
                piece = call.arguments[start : start + ARGUMENT_PIECE]
                yield _delta(position, {"type": "input_json_delta", "partial_json": piece})
            yield _stop(position)

    def closing(self, answer: Answer) -> Iterator[bytes]:
        delta = {"stop_reason": STOP_REASONS[answer.ending], "stop_sequence": None}
        usage = _usage(answer.usage)
        yield sse({"type": "message_delta", "delta": delta, "usage": usage}, "message_delta")
        yield sse({"type": "message_stop"}, "message_stop")

    def whole(self, answer: Answer) -> dict[str, Any]:
        reply = answer.reply
        content: list[dict[str, Any]] = []
        if reply.pieces:
            content.append({"type": "text", "text": reply.text})
        for call in reply.tool_calls:
            arguments = json.loads(call.arguments)
            content.append(
                {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments}
            )
        reason = STOP_REASONS[answer.ending]
        return _head(answer) | {
            "content": content,
            "stop_reason": reason,
            "usage": _usage(answer.usage),
        }

    def refusal(self, fault: Fault, asked: Asked) -> WireError | None:
        match fault.kind:
            case FaultKind.STATUS | FaultKind.ERROR:
                after = fault.retry_after
                headers = {} if after is None else {"retry-after": f"{after:g}"}
                words = f"The sandbox was asked to answer {fault.status}."
                return WireError(fault.status, words, headers=headers)
            case FaultKind.QUOTA:
                words = "Your credit balance is too low to access the Anthropic API."
                return WireError(400, words)
            case FaultKind.CONTEXT:
                return WireError(400, "prompt is too long: 1200000 tokens > 1000000 maximum")
        return None

    def error_body(self, error: WireError) -> dict[str, Any]:
        otherwise = "api_error" if error.status >= 500 else "invalid_request_error"
        kind = KINDS.get(error.status, otherwise)
        return {
            "type": "error",
            "error": {"type": kind, "message": error.message},
            "request_id": "req_sandbox",
        }

    def error_frame(self) -> bytes:
        return sse(self.error_body(WireError(529, "Overloaded")), "error")

    def idle_frame(self) -> bytes:
        return PING


def _parsed(body: bytes) -> MessagesRequest:
    try:
        return MessagesRequest.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        param = ".".join(str(part) for part in problem["loc"])
        raise WireError(400, f"{param}: {problem['msg']}") from error


def _head(answer: Answer) -> dict[str, Any]:
    return {
        "id": f"msg_{answer.id}",
        "type": "message",
        "role": "assistant",
        "model": answer.asked.model,
        "stop_sequence": None,
    }


def _usage(usage: Usage) -> dict[str, Any]:
    """Anthropic counts what the cache took part in apart from `input_tokens`."""
    return {
        "input_tokens": usage.prompt - usage.cached - usage.written,
        "cache_creation_input_tokens": usage.written,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": usage.completion,
        "output_tokens_details": {"thinking_tokens": usage.reasoning},
    }


def _start(index: int, block: dict[str, Any]) -> bytes:
    content = {"type": "content_block_start", "index": index, "content_block": block}
    return sse(content, "content_block_start")


def _delta(index: int, delta: dict[str, Any]) -> bytes:
    content = {"type": "content_block_delta", "index": index, "delta": delta}
    return sse(content, "content_block_delta")


def _stop(index: int) -> bytes:
    return sse({"type": "content_block_stop", "index": index}, "content_block_stop")
