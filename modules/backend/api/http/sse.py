"""Frames as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi.responses import StreamingResponse

from modules.backend.core.background import ended
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
    chunks: AsyncGenerator[bytes, None],
    *,
    comment_seconds: float,
    max_seconds: float | None = None,
    stop: asyncio.Event | None = None,
) -> AsyncGenerator[bytes, None]:
    """The chunks, with a comment whenever nothing came for a while.

    Ends after `max_seconds`, or when `stop` is set: the reader asks again with its last cursor.
    """
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + max_seconds if max_seconds is not None else None
    coming = asyncio.ensure_future(_next(chunks))
    stopping = asyncio.ensure_future((stop or asyncio.Event()).wait())
    try:
        while ends_at is None or loop.time() < ends_at:
            await asyncio.wait(
                (coming, stopping), timeout=comment_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if stopping.done():
                return
            if not coming.done():
                yield COMMENT
                continue
            chunk = coming.result()
            if chunk is None:
                return
            yield chunk
            coming = asyncio.ensure_future(_next(chunks))
    finally:
        await ended(coming, stopping)
        await chunks.aclose()


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)
