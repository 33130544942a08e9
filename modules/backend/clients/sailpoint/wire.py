"""One request on the wire, and the one fact about it that matters: whether any of it was sent.

The fact comes from the HTTP library's trace, not from the name of an exception: from the first byte
of the request's head on it may have arrived. A status that came stands, even if the body after it
is lost.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpx
import orjson

from modules.backend.core.settings import SailPointSettings

MAX_BODY = 8 * 1024 * 1024
"""Bytes, unpacked. 250 certification items with all their detail have about a quarter of it."""
CONNECTIONS = 50

_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, TimeoutError)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request. `path` is below the base address; `body` is sent as JSON, `form` as a form."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is None where none came, or none that can be read."""

    status: int
    headers: httpx.Headers
    body: Any = None

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def retry_after(self) -> float | None:
        """Seconds; SailPoint documents no other form."""
        text = self.headers.get("retry-after", "")
        return float(text) if text.isascii() and text.isdigit() else None


class NoAnswer(Exception):
    """No status came. `was_sent`: some of the request may have arrived."""

    def __init__(self, *, was_sent: bool, timed_out: bool) -> None:
        super().__init__("no answer")
        self.was_sent = was_sent
        self.timed_out = timed_out


class Wire:
    def __init__(self, http: httpx.AsyncClient, base_url: str) -> None:
        self._http = http
        self._base_url = base_url
        self.host = httpx.URL(base_url).host

    async def send(self, outgoing: Outgoing, *, within: float) -> Answer:
        """The answer, in at most that many seconds. Raises NoAnswer."""
        exchange = _Exchange()
        try:
            async with asyncio.timeout(within):
                await self._exchange(outgoing, exchange)
        except (httpx.HTTPError, TimeoutError) as error:
            if exchange.answer is None:
                raise NoAnswer(
                    was_sent=exchange.began or not isinstance(error, _BEFORE_SENDING),
                    timed_out=isinstance(error, httpx.TimeoutException | TimeoutError),
                ) from error
        assert exchange.answer is not None
        return exchange.answer

    async def _exchange(self, outgoing: Outgoing, exchange: "_Exchange") -> None:
        async with self._http.stream(
            outgoing.method,
            self._base_url + outgoing.path,
            params=outgoing.params or None,
            json=outgoing.body,
            data=outgoing.form,
            headers={"Accept": "application/json", **outgoing.headers},
            extensions={"trace": exchange.trace},
        ) as response:
            exchange.answer = Answer(response.status_code, response.headers)
            body = await _read(response)
            exchange.answer = Answer(response.status_code, response.headers, body)


@dataclass(slots=True)
class _Exchange:
    began: bool = False
    answer: Answer | None = None

    async def trace(self, event: str, _: Mapping[str, Any]) -> None:
        self.began = self.began or event.endswith("send_request_headers.started")


async def _read(response: httpx.Response) -> Any:
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MAX_BODY:
            return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


@asynccontextmanager
async def open_http(settings: SailPointSettings) -> AsyncIterator[httpx.AsyncClient]:
    """Connections to SailPoint alone, with its deadlines and without cookies.

    A cookie that one person's call was given must not go out with the next person's.
    """
    timeout = httpx.Timeout(
        settings.sailpoint_read_seconds, connect=settings.sailpoint_connect_seconds
    )
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx.AsyncClient(timeout=timeout, limits=limits, follow_redirects=False) as http:
        http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield http
