"""Frames as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi.responses import StreamingResponse

from modules.backend.services.chat.events import Frame

COMMENT = b": waiting\n\n"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def stream(chunks: AsyncGenerator[bytes, None]) -> StreamingResponse:
    return StreamingResponse(chunks, media_type="text/event-stream", headers=HEADERS)


def numbered(frame: Frame) -> bytes:
    """An event with its cursor, which the reader sends back as `Last-Event-ID`."""
    return b"id: %b\ndata: %b\n\n" % (str(frame.cursor).encode(), frame.data)


def unnumbered(data: bytes) -> bytes:
    return b"data: %b\n\n" % data


async def kept_open(
    chunks: AsyncGenerator[bytes, None], *, comment_seconds: float, max_seconds: float | None = None
) -> AsyncGenerator[bytes, None]:
    """The chunks, with a comment whenever nothing came for a while; ends after `max_seconds`."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + max_seconds if max_seconds is not None else None
    coming = asyncio.ensure_future(_next(chunks))
    try:
        while ends_at is None or loop.time() < ends_at:
            await asyncio.wait((coming,), timeout=comment_seconds)
            if not coming.done():
                yield COMMENT
                continue
            chunk = coming.result()
            if chunk is None:
                return
            yield chunk
            coming = asyncio.ensure_future(_next(chunks))
    finally:
        coming.cancel()
        await asyncio.wait((coming,))
        await chunks.aclose()


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)
