"""Chat completions, as OpenAI, Azure OpenAI and everything compatible speak them.

The vendor's package addresses and authenticates the request; the history travels in `extra_body`
and the stream is parsed here, because the package walks every message on the way out and builds an
object for every chunk on the way in, on the event loop, for hundreds of people at once.
"""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import openai
import orjson

from modules.backend.core.settings_llm import LLMSettings
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.models import model_named
from modules.backend.services.llm.provider import (
    ChatMessage,
    Finished,
    LLMPart,
    LLMRequest,
    ModelRole,
    Tool,
    ToolCall,
    Usage,
)
from modules.backend.services.llm.providers.reading import HEADERS, parts_of
from modules.backend.services.llm.providers.refusals import (
    Refusal,
    VendorErrors,
    retry_after,
    translated,
)

REFUSED = "refusal"
CUT_OFF = "length"


class ChatCompletions:
    """Asks one client of the package, and translates what comes. Raises what `LLMProvider` says."""

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        settings: LLMSettings,
        *,
        models: Mapping[ModelRole, str],
        addressed_as: Mapping[ModelRole, str],
    ) -> None:
        """`models` say what is accepted and what it costs, `addressed_as` is what is sent."""
        self._client = client
        self._models = models
        self._addressed_as = addressed_as
        self._silence = settings.llm_silence_seconds
        self._max_output = settings.llm_max_output_tokens

    def model(self, role: ModelRole) -> str:
        return self._models[role]

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        completions = self._client.chat.completions.with_streaming_response
        async with (
            translated(ERRORS),
            completions.create(
                model=self._addressed_as[request.role],
                messages=[],
                stream=True,
                stream_options={"include_usage": True},
                extra_headers=HEADERS,
                extra_body=body_of(request, self.model(request.role), self._max_output),
            ) as response,
            aclosing(
                parts_of(response.iter_bytes(), CompletionStream(), silence=self._silence)
            ) as parts,
        ):
            async for part in parts:
                yield part

    async def close(self) -> None:
        await self._client.close()


def body_of(request: LLMRequest, model: str, max_output: int) -> dict[str, Any]:
    """What is asked, in the words that the model accepts."""
    accepted = model_named(model)
    body: dict[str, Any] = {
        "messages": [_message(m) for m in request.messages],
        accepted.token_parameter: request.max_output_tokens or max_output,
    }
    if request.tools and accepted.tools:
        body["tools"] = [_tool(t) for t in request.tools]
    if accepted.efforts:
        body["reasoning_effort"] = accepted.efforts[0]
    if request.role is ModelRole.SMALL and accepted.temperature:
        body["temperature"] = 0  # titles and classes are the same for the same input
    return body


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """The vendor's report of a call; the prompt's tokens include the cached ones."""
    prompt = raw.get("prompt_tokens_details") or {}
    completion = raw.get("completion_tokens_details") or {}
    return Usage(
        input_tokens=raw.get("prompt_tokens"),
        output_tokens=raw.get("completion_tokens"),
        cached_input_tokens=prompt.get("cached_tokens"),
        cache_write_tokens=prompt.get("cache_write_tokens"),
        reasoning_tokens=completion.get("reasoning_tokens"),
        raw=raw,
    )


class CompletionStream:
    """What the chunks of one answer add up to, besides text."""

    def __init__(self) -> None:
        self.ended = False
        self._reason: str | None = None
        self._refused = False
        self._usage: Usage | None = None
        self._calls = _Calls()

    def take(self, event: bytes) -> str | None:
        """The text of a chunk. A refusal is text too: it is the model's answer."""
        if event == b"[DONE]":
            self.ended = True
            return ""
        chunk = orjson.loads(event)
        if error := chunk.get("error"):
            raise _reported(error).error()
        if usage := chunk.get("usage"):
            self._usage = usage_of(usage)
        choices = chunk.get("choices")
        if not choices and not usage:
            return None  # a verdict on the prompt, or only a sign of life
        return "".join(self._text_of(choice) for choice in choices or ())

    def rest(self) -> Iterator[LLMPart]:
        # An answer that was cut off may have lost half of a call's arguments.
        if self._reason not in (None, CUT_OFF, "content_filter"):
            yield from self._calls.whole()
        if self._usage is not None:
            yield self._usage
        if self._reason is None:
            raise Fault.LLM_INTERRUPTED.error(detail="The stream ended without a finish reason.")
        if self._reason == "content_filter":
            raise Fault.LLM_CONTENT_FILTERED.error()
        yield Finished(REFUSED if self._refused else self._reason)

    def _text_of(self, choice: Mapping[str, Any]) -> str:
        delta = choice.get("delta") or {}
        refusal = delta.get("refusal") or ""
        self._refused = self._refused or bool(refusal)
        self._reason = choice.get("finish_reason") or self._reason
        for piece in delta.get("tool_calls") or ():
            self._calls.add(piece)
        return (delta.get("content") or "") + refusal


class _Calls:
    """Tool calls whose arguments arrive in pieces, those of several calls mixed.

    `index` tells them apart; where a server leaves it out or repeats it, a new id does.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}

    def add(self, piece: Mapping[str, Any]) -> None:
        index, call_id = piece.get("index"), piece.get("id")
        call = self._calls[-1] if index is None and self._calls else self._by_index.get(index or 0)
        if call is None or (call_id and call.id and call_id != call.id):
            call = _Call()
            self._calls.append(call)
            self._by_index[len(self._calls) - 1 if index is None else index] = call
        function = piece.get("function") or {}
        call.id = call_id or call.id
        call.name = function.get("name") or call.name
        call.arguments.append(function.get("arguments") or "")

    def whole(self) -> Iterator[ToolCall]:
        for call in self._calls:
            yield ToolCall(call.id, call.name, "".join(call.arguments) or "{}")


class _Call:
    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []


def _read(error: openai.APIStatusError) -> Refusal:
    return Refusal(
        (error.code, error.type, error.param),
        error.message,
        error.status_code,
        retry_after(error.response.headers),
    )


def _reported(error: Any) -> Refusal:
    """What an error object within a stream says."""
    fields = error if isinstance(error, dict) else {}
    code = fields.get("code")
    status = int(str(code)) if str(code).isdecimal() else None
    return Refusal((code, fields.get("type")), str(fields.get("message")), status)


ERRORS = VendorErrors(
    openai.APIStatusError, openai.APITimeoutError, openai.APIConnectionError, _read
)


def _message(message: ChatMessage) -> dict[str, Any]:
    wire: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        wire["tool_calls"] = _wire_calls(message.tool_calls)
    if message.tool_call_id is not None:
        wire["tool_call_id"] = message.tool_call_id
    return wire


def _wire_calls(calls: Sequence[ToolCall]) -> list[dict[str, Any]]:
    return [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for call in calls
    ]


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
        },
    }
