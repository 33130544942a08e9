"""One scripted reply as the bytes that OpenAI would send, streamed or whole."""

import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from modules.sandbox.llm.directives import Directives
from modules.sandbox.llm.pacing import Metronome
from modules.sandbox.llm.script import Reply
from modules.sandbox.llm.wire import ChatRequest, Head, ToolCall, Usage

CHARS_PER_TOKEN = 4
TOKENS_PER_MESSAGE = 4
CACHE_STEP = 128
CACHE_MINIMUM = 1024
ARGUMENT_PIECE = 12
END_OF_STREAM = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Completion:
    """A reply to a request, with its id, its size and the reason why it ends."""

    head: Head
    reply: Reply
    usage: Usage
    finish_reason: str
    wants_usage: bool

    async def events(self, metronome: Metronome) -> AsyncIterator[bytes]:
        """The server-sent events of the stream, the first of which holds the role only."""
        await metronome.before_first()
        yield _event(self._with_usage(self.head.chunk(self._role())))
        for delta in self._deltas():
            yield _event(self._with_usage(self.head.chunk(delta)))
            await metronome.between()
        yield _event(self._with_usage(self.head.chunk({}, self.finish_reason)))
        if self.wants_usage:
            yield _event(self.head.usage_chunk(self.usage))
        yield END_OF_STREAM

    async def body(self, metronome: Metronome) -> AsyncIterator[bytes]:
        """The whole answer in two halves, after the time that streaming it would have taken."""
        await metronome.before_first()
        for _ in self._deltas():
            await metronome.between()
        answer = json.dumps(self.head.completion(self._message(), self.finish_reason, self.usage))
        middle = len(answer) // 2
        yield answer[:middle].encode()
        yield answer[middle:].encode()

    def _role(self) -> dict[str, Any]:
        content = None if self.reply.tool_calls else ""
        return {"role": "assistant", "content": content, "refusal": None}

    def _deltas(self) -> Iterator[dict[str, Any]]:
        for piece in self.reply.pieces:
            yield {"content": piece}
        for index, call in enumerate(self.reply.tool_calls):
            yield from _tool_deltas(index, call)

    def _with_usage(self, chunk: dict[str, Any]) -> dict[str, Any]:
        return {**chunk, "usage": None} if self.wants_usage else chunk

    def _message(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.reply.text, "refusal": None}
        if self.reply.tool_calls:
            message["content"] = None
            message["tool_calls"] = [
                _tool_call(call, call.arguments) for call in self.reply.tool_calls
            ]
        return message


def complete(request: ChatRequest, reply: Reply, orders: Directives) -> Completion:
    """Fits a reply into the token limit of the request and counts both."""
    fitting, cut_off = _fitted(reply, request.token_limit)
    reason = "length" if cut_off else "tool_calls" if fitting.tool_calls else "stop"
    return Completion(
        head=Head(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), request.model),
        reply=fitting,
        usage=_usage(request, fitting, orders),
        finish_reason=reason,
        wants_usage=request.wants_usage,
    )


def tokens_in(text: str) -> int:
    return -(-len(text) // CHARS_PER_TOKEN)


def _fitted(reply: Reply, limit: int | None) -> tuple[Reply, bool]:
    if limit is None or _tokens_of(reply) <= limit:
        return reply, False
    if reply.tokens is not None:
        return replace(reply, pieces=reply.pieces[:limit], tokens=limit), True
    lengths = accumulate(len(piece) for piece in reply.pieces)
    kept = sum(length <= limit * CHARS_PER_TOKEN for length in lengths)
    return replace(reply, pieces=reply.pieces[:kept]), True


def _tokens_of(reply: Reply) -> int:
    if reply.tokens is not None:
        return reply.tokens
    return tokens_in(reply.text + "".join(call.name + call.arguments for call in reply.tool_calls))


def _usage(request: ChatRequest, reply: Reply, orders: Directives) -> Usage:
    sizes = [tokens_in(message.text) + TOKENS_PER_MESSAGE for message in request.messages]
    cached = sum(sizes[:-1]) // CACHE_STEP * CACHE_STEP
    if cached < CACHE_MINIMUM:
        cached = 0
    return Usage(
        prompt=sum(sizes),
        completion=_tokens_of(reply) + orders.reasoning,
        cached=cached if orders.cached is None else min(orders.cached, sum(sizes)),
        reasoning=orders.reasoning,
    )


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


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"
