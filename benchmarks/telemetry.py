"""What telemetry takes away from 200 people who read answers at the same time.

Two processes of the product, one with telemetry and one without, do the same work in turn: what
disturbs the machine disturbs both, and the ratio of each pair is what counts.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import websockets

from benchmarks.product import ORIGIN, Product, running_product
from benchmarks.upstream import running_upstream
from tests.fixtures.chat import run_input

STREAMS = 200
TOKENS = 300
ROUNDS = 7
MOST = 1.05


@dataclass(frozen=True)
class Taken:
    """Seconds of one round: on the clock, and of the web process's CPU."""

    wall: float
    cpu: float


async def main() -> None:
    async with running_upstream(TOKENS) as model_url, _collector() as collector:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
            silent = running.enter_context(running_product(Path(folder) / "without", model_url))
            told = running.enter_context(
                running_product(
                    Path(folder) / "with", model_url, OTEL_EXPORTER_OTLP_ENDPOINT=collector
                )
            )
            await _round(silent)  # what happens only once
            await _round(told)
            pairs = [(await _round(told), await _round(silent)) for _ in range(ROUNDS)]
    wall = statistics.median(one.wall / other.wall for one, other in pairs)
    cpu = statistics.median(one.cpu / other.cpu for one, other in pairs)
    print(f"telemetry: {STREAMS} answers of {TOKENS} tokens at once, median of {ROUNDS} pairs")
    print(f"  with it they take {wall:.3f} times as long and {cpu:.3f} times the CPU")
    if wall > MOST:
        raise SystemExit(f"telemetry costs more than {MOST - 1:.0%} of the throughput")


async def _round(product: Product) -> Taken:
    """All streams are open before the first question is asked."""
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(_signed_in(product)) for _ in range(STREAMS)]
        cpu, began = product.cpu_seconds(), time.perf_counter()
        await asyncio.gather(*(_read(socket) for socket in sockets))
        return Taken(time.perf_counter() - began, product.cpu_seconds() - cpu)


@asynccontextmanager
async def _signed_in(product: Product) -> AsyncIterator[websockets.ClientConnection]:
    async with websockets.connect(product.socket_url, origin=ORIGIN) as socket:
        await socket.send(json.dumps({"type": "auth", "token": product.token}))
        await socket.recv()
        yield socket


async def _read(socket: websockets.ClientConnection) -> None:
    await socket.send(json.dumps({"type": "run", "input": run_input("How are you?")}))
    async for frame in socket:
        if '"RUN_FINISHED"' in str(frame):
            return
        if '"RUN_ERROR"' in str(frame) or '"type":"error"' in str(frame):
            raise SystemExit(f"an answer failed: {frame!r}")


@asynccontextmanager
async def _collector() -> AsyncIterator[str]:
    """The address of a collector that takes everything and keeps nothing."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = next(
                    int(line.split(b":")[1])
                    for line in head.lower().splitlines()
                    if line.startswith(b"content-length:")
                )
                await reader.readexactly(size)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass  # the exporter has closed the connection
        finally:
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
