"""What an answer costs a web process: the turn itself, and each token.

The floor is what this machine needs to decode and encode the same tokens and nothing else, in the
same run: figures are multiples of it, because seconds do not travel between machines.
"""

import asyncio
import json
import statistics
import tempfile
import time
import uuid
from pathlib import Path

import orjson
import websockets

from benchmarks.product import ORIGIN, Product, running_product
from benchmarks.upstream import running_upstream
from modules.backend.services.chat.events import Cursor, stamp, text_content
from modules.backend.services.llm.sse import SSEParser
from tests.fixtures.chat import run_input

CHATS = 20
TURNS = 10
ROUNDS = 3
LONG = 500


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        short = await _cpu_per_turn(Path(folder) / "short", tokens=1)
        long = await _cpu_per_turn(Path(folder) / "long", tokens=LONG)
    token = (long - short) / (LONG - 1)
    floor = _floor()
    print(f"relay: {CHATS} chats of {TURNS} turns, CPU of one web worker, median of {ROUNDS}")
    print(f"  a token costs {token / floor:.1f} times the decoding and encoding of its bytes")
    print(f"  a turn costs as much as {short / floor:.0f} of those")


async def _cpu_per_turn(folder: Path, *, tokens: int) -> float:
    """CPU seconds of the web process for a turn whose answer has so many tokens."""
    async with running_upstream(tokens) as model_url:
        with running_product(folder, model_url) as product:
            await _converse(product)  # what happens only once
            return statistics.median([await _measured(product) for _ in range(ROUNDS)])


async def _measured(product: Product) -> float:
    before = product.cpu_seconds()
    await asyncio.gather(*(_converse(product) for _ in range(CHATS)))
    return (product.cpu_seconds() - before) / (CHATS * TURNS)


async def _converse(product: Product) -> None:
    async with websockets.connect(product.socket_url, origin=ORIGIN) as socket:
        await socket.send(json.dumps({"type": "auth", "token": product.token}))
        await socket.recv()
        for _ in range(TURNS):
            await socket.send(json.dumps({"type": "run", "input": run_input("How are you?")}))
            async for frame in socket:
                if '"RUN_FINISHED"' in str(frame):
                    break


def _floor() -> float:
    """CPU seconds to take a token out of a chunk and put it into an event."""
    chunk = b'data: {"id":"c","choices":[{"index":0,"delta":{"content":"w1 "}}]}\n\n'
    parser, run_id, count = SSEParser(), uuid.uuid4(), 20_000
    began = time.process_time()
    for number in range(count):
        for data in parser.feed(chunk):
            delta = orjson.loads(data)["choices"][0]["delta"]["content"]
            stamp(text_content("message", delta), run_id, Cursor(1, number))
    return (time.process_time() - began) / count
