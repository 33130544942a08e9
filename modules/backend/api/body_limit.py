"""Bounds on the bodies of requests, answered like every other error."""

import asyncio

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modules.backend.api.errors import http_error_response


class BodyLimit:
    """Refuses bodies over `max_bytes`, by their announced length at once, else as they come; and
    those that take longer than `max_seconds` to arrive."""

    def __init__(self, app: ASGIApp, max_bytes: int, max_seconds: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdigit() and int(announced) > self._max_bytes:
            await http_error_response(413)(scope, receive, send)
            return
        ends_at = asyncio.get_running_loop().time() + self._max_seconds
        received, is_whole = 0, False

        async def receive_counted() -> Message:
            nonlocal received, is_whole
            if is_whole:
                return await receive()  # what comes after the body is that the client went away
            try:
                async with asyncio.timeout_at(ends_at):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            received += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if received > self._max_bytes:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_counted, send)
