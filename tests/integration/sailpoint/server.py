"""An HTTP server whose every answer, and every way of not answering, is told to it beforehand.

It writes bytes to a socket by hand: a web framework would repair what must be broken here.
"""

import asyncio
import json
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN_PATH = "/oauth/token"
WAIT_SECONDS = 30


@dataclass(frozen=True)
class Request:
    """A request as it came. `at` is the time of the event loop, in seconds."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw_body: bytes
    at: float

    @property
    def body(self) -> Any:
        return json.loads(self.raw_body) if self.raw_body else None

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True)
class Reply:
    """An answer. `sent` cuts its body after so many bytes; `reset` breaks the connection then."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    sent: int | None = None
    reset: bool = False

    def payload(self) -> bytes:
        return self.raw if self.raw is not None else json.dumps(self.body).encode()

    def head(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Reason", "content-type: application/json"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines.append(f"content-length: {len(self.payload())}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Reset:
    """The connection is broken without an answer."""


class Hang:
    """No answer, ever."""


@dataclass(frozen=True)
class Held:
    """An answer that waits until it is let go."""

    reply: Reply
    go: asyncio.Event


Behaviour = Reply | Reset | Hang | Held
Answering = Callable[[Request], Behaviour]


def person(_: Request) -> Behaviour:
    """Answers as if asked for a person."""
    return Reply(200, {"id": "person-1"})


class Server:
    """`script` is used up answer by answer; then `otherwise` answers."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self.token_requests: list[Request] = []
        self.script: deque[Behaviour] = deque()
        self.token_script: deque[Behaviour] = deque()
        self.otherwise: Answering = lambda _: Reply(200, [])
        self.token: Answering = self.issue
        self._listening: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._listening = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    def go_away(self) -> None:
        """Nobody listens any more, and open connections are closed."""
        assert self._listening is not None
        self._listening.close()
        for writer in self._open:
            writer.close()

    async def asked(self, times: int = 1) -> None:
        """Waits until so many tokens were asked for."""
        async with asyncio.timeout(WAIT_SECONDS):
            while len(self.token_requests) < times:
                await asyncio.sleep(0.01)

    def will(self, *behaviours: Behaviour) -> None:
        self.script.extend(behaviours)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def issue(self, _: Request) -> Reply:
        token = f"token-{len(self.token_requests)}"
        return Reply(
            200,
            {
                "access_token": token,
                "token_type": "bearer",
                "expires_in": 749,
                "identity_id": "service-identity",
            },
        )

    def _behaviour(self, request: Request) -> Behaviour:
        is_token = request.path == TOKEN_PATH
        (self.token_requests if is_token else self.requests).append(request)
        script = self.token_script if is_token else self.script
        if script:
            return script.popleft()
        return self.token(request) if is_token else self.otherwise(request)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                if not await _answer(self._behaviour(request), reader, writer):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()


async def _answer(
    behaviour: Behaviour, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Whether the connection can go on."""
    if isinstance(behaviour, Hang):
        await reader.read()  # until the client goes away
        return False
    if isinstance(behaviour, Held):
        await behaviour.go.wait()
        behaviour = behaviour.reply
    if isinstance(behaviour, Reply):
        writer.write(behaviour.head() + behaviour.payload()[: behaviour.sent])
        await writer.drain()
        if behaviour.sent is None and not behaviour.reset:
            return True
        # The bytes above must arrive before the reset does.
        await asyncio.sleep(0.05)
        if not behaviour.reset:
            return False
    _reset(writer)
    return False


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    at = asyncio.get_running_loop().time()
    first, *lines = head.decode().split("\r\n")[:-2]
    method, target, _ = first.split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query, True).items()}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, parts.path, query, headers, body, at)


@asynccontextmanager
async def running_server() -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    try:
        yield server
    finally:
        server.go_away()
