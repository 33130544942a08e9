"""Reading a vendor's stream: bytes in, parts out. All that one read brought becomes one part."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Protocol

import httpx2
import orjson

from modules.backend.core.errors import LLMError
from modules.backend.core.settings_llm import LLMSettings
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import LLMPart, TextDelta
from modules.backend.services.llm.sse import EventTooLarge, SSEParser

DRAIN_SECONDS = 0.2
HEADERS = {"Accept-Encoding": "identity"}
"""A compressed stream is held back until a block is full, and may unpack to any size."""


def timeouts(settings: LLMSettings) -> httpx2.Timeout:
    """The deadlines of a vendor's package, for one step of the way: connecting, and a read."""
    return httpx2.Timeout(settings.llm_silence_seconds, connect=settings.llm_connect_seconds)


class VendorStream(Protocol):
    """What the events of one answer add up to."""

    ended: bool
    """The vendor's own mark of the end was seen."""

    def take(self, event: bytes) -> str | None:
        """The text of an event, None if it is only a sign of life.

        Raises LLMError for an error that the vendor reports. Other errors, those of `malformed`,
        mean that the event is not of the vendor's shape.
        """
        ...

    def rest(self) -> Iterator[LLMPart]:
        """What is known at the end: tool calls, usage, Finished.

        Raises LLMError if the answer was filtered or is not complete.
        """
        ...


malformed = (orjson.JSONDecodeError, EventTooLarge, LookupError, TypeError, AttributeError)


async def parts_of(
    reads: AsyncIterator[bytes], stream: VendorStream, *, silence: float
) -> AsyncGenerator[LLMPart, None]:
    """Translates a stream to its end.

    `silence` is how many seconds may pass without an event that says something: signs of life do
    not count, or a vendor could keep a person waiting for ever. What came before a fault is
    delivered before it is raised. Raises LLMError, TimeoutError, httpx2.HTTPError.
    """
    parser, patience = SSEParser(), silence
    loop = asyncio.get_running_loop()
    while not stream.ended:
        began = loop.time()
        async with asyncio.timeout(patience):
            read = await anext(reads, None)
        if read is None:
            break
        said, text, fault = _taken(parser, stream, read)
        if text:
            yield TextDelta(text)
        if fault is not None:
            raise fault
        # The reader's own time does not count as the vendor's silence.
        patience = silence if said else max(0.0, patience - (loop.time() - began))
    for part in stream.rest():
        yield part
    await _drain(reads)


def _taken(
    parser: SSEParser, stream: VendorStream, read: bytes
) -> tuple[bool, str, LLMError | None]:
    """Whether the read said something, its text, and the fault that ended it."""
    texts: list[str] = []
    try:
        for event in parser.feed(read):
            if (text := stream.take(event)) is not None:
                texts.append(text)
    except malformed as error:
        return bool(texts), "".join(texts), _interrupted(error)
    except LLMError as error:
        return bool(texts), "".join(texts), error
    return bool(texts), "".join(texts), None


def _interrupted(cause: Exception) -> LLMError:
    """Names the kind alone: what stands in an event may quote the prompt."""
    fault = Fault.LLM_INTERRUPTED.error(detail=type(cause).__name__)
    fault.__cause__ = cause
    return fault


async def _drain(reads: AsyncIterator[bytes]) -> None:
    """Reads what is left behind the end, so that the connection can be used again."""
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in reads:
                pass
    except (TimeoutError, httpx2.HTTPError):
        pass  # the answer is complete; only the connection is lost
