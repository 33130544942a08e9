"""A model that costs next to nothing: prepared chunks, as fast as the reader takes them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    b"connection: close\r\n\r\n"
)


@asynccontextmanager
async def running_upstream(tokens: int) -> AsyncIterator[str]:
    """The base URL of a server whose every answer has so many tokens."""
    chunks = [_chunk({"content": f"w{n} "}) for n in range(tokens)]
    body = b"".join([*chunks, _chunk({}, "stop"), _usage(tokens), _framed(b"data: [DONE]\n\n")])

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + body + b"0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


def _chunk(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return _event({"id": "c", "object": "chat.completion.chunk", "choices": [choice]})


def _usage(tokens: int) -> bytes:
    usage = {"prompt_tokens": 10, "completion_tokens": tokens, "total_tokens": tokens + 10}
    return _event({"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": usage})


def _event(content: dict[str, object]) -> bytes:
    return _framed(b"data: %b\n\n" % json.dumps(content).encode())


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
