"""OpenAI-compatible chat completions.

The vendor's package addresses and authenticates the request; the history travels in `extra_body`
and the stream is parsed here, because the package walks every message on the way out and builds an
object for every chunk on the way in, on the event loop, for hundreds of people at once.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from typing import Any

import httpx2
import openai
import orjson

from modules.backend.core.config import LLMSettings
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import (
    ChatMessage,
    Finished,
    LLMPart,
    LLMRequest,
    ModelRole,
    TextDelta,
    Tool,
    ToolCall,
    Usage,
)
from modules.backend.services.llm.providers.openai_errors import of_chunk, translated
from modules.backend.services.llm.sse import SSEParser


class OpenAIProvider:
    """Speaks to one base URL. Raises what `LLMProvider` says."""

    name = "openai"

    def __init__(self, settings: LLMSettings) -> None:
        self._models = {
            ModelRole.CHAT: settings.openai_model,
            ModelRole.SMALL: settings.openai_model_small,
        }
        self._client = openai.AsyncOpenAI(
            base_url=settings.openai_base_url,
            api_key=settings.openai_api_key.get_secret_value(),
            max_retries=0,  # one layer retries, and it is not this one
            timeout=httpx2.Timeout(
                settings.llm_silence_seconds, connect=settings.llm_connect_seconds
            ),
        )

    def model(self, role: ModelRole) -> str:
        return self._models[role]

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        completions = self._client.chat.completions.with_streaming_response
        with_options: dict[str, Any] = {"messages": _messages(request.messages)}
        if request.tools:
            with_options["tools"] = [_tool(t) for t in request.tools]
        if request.max_output_tokens is not None:
            with_options["max_completion_tokens"] = request.max_output_tokens
        async with (
            translated(),
            completions.create(
                model=self._models[request.role],
                messages=[],
                stream=True,
                stream_options={"include_usage": True},
                extra_body=with_options,
            ) as response,
            aclosing(_parts(response.iter_bytes())) as parts,
        ):
            async for part in parts:
                yield part

    async def close(self) -> None:
        await self._client.close()


async def _parts(reads: AsyncIterator[bytes]) -> AsyncGenerator[LLMPart, None]:
    """Translates the stream; all text of one read is one part.

    Raises LLMError if the stream breaks off, is filtered, or reports an error.
    """
    parser, stream = SSEParser(), _Stream()
    async for read in reads:
        text: list[str] = []
        for data in parser.feed(read):
            if data != b"[DONE]":
                text += stream.take(orjson.loads(data))
        if text:
            yield TextDelta("".join(text))
    for part in stream.rest():
        yield part
    if stream.reason is None:
        raise Fault.LLM_INTERRUPTED.error(detail="The stream ended without a finish reason.")
    if stream.reason == "content_filter":
        raise Fault.LLM_CONTENT_FILTERED.error()
    yield Finished(stream.reason)


class _Stream:
    """What chunks add up to, besides text.

    The arguments of tool calls arrive in pieces, those of several calls mixed, told apart by
    `index`.
    """

    def __init__(self) -> None:
        self.reason: str | None = None
        self._usage: Usage | None = None
        self._calls: dict[int, dict[str, str]] = {}

    def take(self, chunk: dict[str, Any]) -> list[str]:
        """Takes a chunk in and returns its text. Raises LLMError for an error chunk."""
        if chunk.get("error"):
            raise of_chunk(chunk["error"])
        if chunk.get("usage"):
            self._usage = _usage(chunk["usage"])
        text = []
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            text.append(delta.get("content") or "")
            self._add_calls(delta.get("tool_calls") or ())
            self.reason = choice.get("finish_reason") or self.reason
        return [t for t in text if t]

    def rest(self) -> Iterator[LLMPart]:
        """Whole tool calls, if the stream was whole, then the usage."""
        if self.reason is not None:
            for _, call in sorted(self._calls.items()):
                yield ToolCall(**call)
        if self._usage is not None:
            yield self._usage

    def _add_calls(self, pieces: Sequence[dict[str, Any]]) -> None:
        for piece in pieces:
            call = self._calls.setdefault(piece["index"], {"id": "", "name": "", "arguments": ""})
            function = piece.get("function") or {}
            call["id"] = piece.get("id") or call["id"]
            call["name"] = function.get("name") or call["name"]
            call["arguments"] += function.get("arguments") or ""


def _usage(raw: dict[str, Any]) -> Usage:
    prompt = raw.get("prompt_tokens_details") or {}
    completion = raw.get("completion_tokens_details") or {}
    return Usage(
        input_tokens=raw.get("prompt_tokens"),
        output_tokens=raw.get("completion_tokens"),
        cached_input_tokens=prompt.get("cached_tokens"),
        reasoning_tokens=completion.get("reasoning_tokens"),
        raw=raw,
    )


def _messages(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    return [_message(m) for m in messages]


def _message(message: ChatMessage) -> dict[str, Any]:
    wire: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        wire["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        wire["tool_call_id"] = message.tool_call_id
    return wire


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
        },
    }
