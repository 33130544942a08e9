"""Sending an answer while watching whether anybody still reads it."""

import asyncio
from collections.abc import AsyncIterator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from modules.sandbox.faults import Fault, FaultKind
from modules.sandbox.journal import Call, Journal, Outcome

OVERSIZE_BYTES = 10_000_000
OVERSIZE_PIECE = 50_000
IDLE_SECONDS = 0.05


class ConnectionCutError(Exception):
    """The connection is to be closed in the middle of the answer."""


ENDING_FAULTS = frozenset(
    {FaultKind.STALL, FaultKind.CUT, FaultKind.ERROR, FaultKind.OVERSIZE, FaultKind.IDLE}
)


async def disturbed(
    frames: AsyncIterator[bytes], fault: Fault | None, *, error: bytes = b"", idle: bytes = b""
) -> AsyncIterator[bytes]:
    """The frames, and the fault where it is due.

    The first frame opens the answer; `after_chunks` further ones pass before a fault in the middle.
    `error` and `idle` are the format's frames for these. Raises `ConnectionCutError` for a cut.
    """
    if fault is None:
        async for frame in frames:
            yield frame
        return
    if fault.kind is FaultKind.HANG:
        await _forever()
    position = 0
    async for frame in frames:
        if position == fault.after_chunks + 1:
            async for trouble in _trouble(fault.kind, error, idle):
                yield trouble
            if fault.kind in ENDING_FAULTS:
                return
        yield frame
        position += 1


async def _trouble(kind: FaultKind, error: bytes, idle: bytes) -> AsyncIterator[bytes]:
    """What comes in the middle. Raises `ConnectionCutError` for a cut."""
    match kind:
        case FaultKind.STALL:
            await _forever()
        case FaultKind.CUT:
            raise ConnectionCutError
        case FaultKind.GARBAGE:
            yield b'data: {"choices": [{"delta": {"cont\n\n'
        case FaultKind.ERROR:
            yield error
        case FaultKind.OVERSIZE:
            yield b"data: "
            for _ in range(OVERSIZE_BYTES // OVERSIZE_PIECE):
                yield b"x" * OVERSIZE_PIECE
                await asyncio.sleep(0)  # whoever has left is noticed
        case FaultKind.IDLE:
            while True:
                yield idle
                await asyncio.sleep(IDLE_SECONDS)


class Delivery(Response):
    """A response of frames that ends when its client goes away. The journal learns how it ended."""

    def __init__(
        self, frames: AsyncIterator[bytes], *, media_type: str, call: Call, journal: Journal
    ) -> None:
        super().__init__(media_type=media_type, headers={"cache-control": "no-cache"})
        del self.headers["content-length"]
        self._frames = frames
        self._call = call
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            outcome = sending.result() if sending.done() else Outcome.ABORTED
        except OSError:
            outcome = Outcome.ABORTED
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
        self._journal.close(self._call, outcome)

    async def _send(self, send: Send) -> Outcome:
        """Raises `OSError` when the client has gone."""
        try:
            async for frame in self._frames:
                if self._call.chunks == 0:
                    await self._start(send)
                await send({"type": "http.response.body", "body": frame, "more_body": True})
                self._call.chunks += 1
        except ConnectionCutError:
            # An answer that is left unfinished makes uvicorn close the connection.
            return Outcome.BROKEN
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return Outcome.ANSWERED

    async def _start(self, send: Send) -> None:
        self._call.status = self.status_code
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _forever() -> None:
    await asyncio.Event().wait()
