"""Anthropic's Messages API.

The vendor's package addresses and authenticates the request; body and stream are made and parsed
here, for the reasons of decision 0005.
"""

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from typing import Any

import anthropic
import orjson

from modules.backend.core.settings_llm import LLMSettings, Vendor
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import (
    Finished,
    LLMPart,
    LLMRequest,
    ModelRole,
    ToolCall,
    Usage,
)
from modules.backend.services.llm.providers.anthropic_body import body_of
from modules.backend.services.llm.providers.reading import HEADERS, parts_of, timeouts
from modules.backend.services.llm.providers.refusals import (
    Refusal,
    VendorErrors,
    retry_after,
    translated,
)

CUT_OFF = ("max_tokens", "model_context_window_exceeded")


class AnthropicProvider:
    """Speaks to one base URL with a key. Raises what `LLMProvider` says."""

    name = str(Vendor.ANTHROPIC)

    def __init__(self, settings: LLMSettings) -> None:
        assert settings.anthropic_api_key is not None  # asked for at the start of the process
        self._models = {
            ModelRole.CHAT: settings.anthropic_model,
            ModelRole.SMALL: settings.anthropic_model_small,
        }
        self._silence = settings.llm_silence_seconds
        self._max_output = settings.llm_max_output_tokens
        self._client = anthropic.AsyncAnthropic(
            base_url=settings.anthropic_base_url,
            api_key=settings.anthropic_api_key.get_secret_value(),
            max_retries=0,  # one layer retries, and it is not this one
            timeout=timeouts(settings),
            open_telemetry=False,  # calls are traced by a wrapper, the same for every vendor
        )

    def model(self, role: ModelRole) -> str:
        return self._models[role]

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        messages = self._client.messages.with_streaming_response
        async with (
            translated(ERRORS),
            messages.create(
                # All of it is in `extra_body`: the package would warn of an old model at each call.
                model="",
                max_tokens=1,
                messages=[],
                stream=True,
                extra_headers=HEADERS,
                extra_body=body_of(request, self.model(request.role), self._max_output),
            ) as response,
            aclosing(
                parts_of(response.iter_bytes(), MessageStream(), silence=self._silence)
            ) as parts,
        ):
            async for part in parts:
                yield part

    async def close(self) -> None:
        await self._client.close()


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """The vendor's report of a call.

    Anthropic counts what was read from a cache or written to it apart from `input_tokens`.
    """
    fresh = raw.get("input_tokens")
    read = raw.get("cache_read_input_tokens")
    written = raw.get("cache_creation_input_tokens")
    details = raw.get("output_tokens_details") or {}
    return Usage(
        input_tokens=None if fresh is None else fresh + (read or 0) + (written or 0),
        output_tokens=raw.get("output_tokens"),
        cached_input_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=details.get("thinking_tokens"),
        raw=raw,
    )


class MessageStream:
    """What the events of one answer add up to, besides text. Unknown events say nothing to us."""

    def __init__(self) -> None:
        self.ended = False
        self._reason: str | None = None
        self._usage: dict[str, Any] = {}
        self._calls: dict[int, _Call] = {}

    def take(self, event: bytes) -> str | None:
        content = orjson.loads(event)
        match content["type"]:
            case "content_block_delta":
                return self._delta(content["index"], content["delta"])
            case "content_block_start":
                return self._begin(content["index"], content["content_block"])
            case "message_start":
                self._count(content["message"].get("usage"))
            case "message_delta":
                self._reason = content["delta"].get("stop_reason") or self._reason
                self._count(content.get("usage"))
            case "message_stop":
                self.ended = True
            case "error":
                raise _reported(content["error"]).error()
            case "ping":
                return None
        return ""

    def rest(self) -> Iterator[LLMPart]:
        if self._reason is None:
            # What was counted until a break is the beginning's: an estimate comes closer.
            raise Fault.LLM_INTERRUPTED.error(detail="The stream ended without a stop reason.")
        # An answer that was cut off may have lost half of a call's arguments.
        if self._reason not in (*CUT_OFF, "refusal"):
            for call in self._calls.values():
                yield ToolCall(call.id, call.name, "".join(call.arguments) or "{}")
        if self._usage:
            yield usage_of(self._usage)
        if self._reason == "refusal":
            raise Fault.LLM_CONTENT_FILTERED.error()
        yield Finished(self._reason)

    def _begin(self, index: int, block: Mapping[str, Any]) -> str:
        if block["type"] == "tool_use":
            self._calls[index] = _Call(block["id"], block["name"])
        return block.get("text") or ""

    def _delta(self, index: int, delta: Mapping[str, Any]) -> str:
        match delta["type"]:
            case "text_delta":
                return str(delta["text"])
            case "input_json_delta":
                self._calls[index].arguments.append(delta["partial_json"])
        return ""

    def _count(self, usage: Mapping[str, Any] | None) -> None:
        """Later figures are totals, not additions."""
        self._usage |= {name: n for name, n in (usage or {}).items() if n is not None}


class _Call:
    def __init__(self, call_id: str, name: str) -> None:
        self.id = call_id
        self.name = name
        self.arguments: list[str] = []


def _read(error: anthropic.APIStatusError) -> Refusal:
    return Refusal(
        (error.error_code, error.type),
        error.message,
        error.status_code,
        retry_after(error.response.headers),
    )


def _reported(error: Mapping[str, Any]) -> Refusal:
    """What an error event within a stream says."""
    return Refusal((error.get("type"),), str(error.get("message")))


ERRORS = VendorErrors(
    anthropic.APIStatusError, anthropic.APITimeoutError, anthropic.APIConnectionError, _read
)
