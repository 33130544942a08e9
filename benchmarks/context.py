"""What the length of a conversation adds to the start of a turn.

The same question is asked in turn in a short and in a long conversation, and the time to the first
text is compared: seconds do not travel between machines, their ratio does.
"""

import json
import statistics
import tempfile
import time
import uuid
from pathlib import Path

import asyncpg
import websockets

from benchmarks.product import ORIGIN, Product, running_product
from benchmarks.upstream import running_upstream
from tests.fixtures.chat import Frame, run_input

SHORT, LONG = 20, 2_000
ROUNDS = 200
FILL = """
WITH there AS (SELECT id, next_position FROM conversations WHERE id = $1),
put AS (
    INSERT INTO messages
        (conversation_id, id, position, role, content, status, run_id, created_at)
    SELECT id, 'm' || n, next_position + n, CASE WHEN n % 2 = 1 THEN 'user' ELSE 'assistant' END,
        repeat('what was said ', 15), 'complete', gen_random_uuid(), now()
    FROM there, generate_series(1, $2::int) AS n
)
UPDATE conversations SET next_position = next_position + $2::int + 1 WHERE id = $1
"""


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with running_upstream(1) as model_url:
            with running_product(Path(folder), model_url) as product:
                short, long = await _starts(product)
    print(f"context: time to the first text, median of {ROUNDS} turns each")
    print(f"  {LONG} messages take {long / short:.2f} times what {SHORT} take")


async def _starts(product: Product) -> tuple[float, float]:
    """Seconds to the first text in the short conversation and in the long one."""
    times: dict[str, list[float]] = {}
    async with websockets.connect(product.socket_url, origin=ORIGIN) as socket:
        await socket.send(json.dumps({"type": "auth", "token": product.token}))
        await socket.recv()
        for count in (SHORT, LONG):
            thread = str(uuid.uuid4())
            await _ask(socket, run_input("Hello", thread_id=thread))  # makes the conversation
            await _fill(product, thread, count)
            await _ask(socket, run_input("How are you?", thread_id=thread, message_id="0"))
            times[thread] = []
        for n in range(ROUNDS):
            for thread, taken in times.items():
                # Each question takes the place of the one before: the length stays what it is.
                asked = run_input(
                    "How are you?", thread_id=thread, message_id=str(n + 1), edit=str(n)
                )
                taken.append(await _ask(socket, asked))
    short, long = map(statistics.median, times.values())
    return short, long


async def _ask(socket: websockets.ClientConnection, asked: Frame) -> float:
    """Seconds from the question to the first text; returns at the end of the run."""
    began = time.perf_counter()
    first = None
    await socket.send(json.dumps({"type": "run", "input": asked}))
    async for frame in socket:
        if first is None and '"TEXT_MESSAGE_CONTENT"' in str(frame):
            first = time.perf_counter() - began
        if '"RUN_FINISHED"' in str(frame):
            break
    assert first is not None
    return first


async def _fill(product: Product, thread: str, count: int) -> None:
    connection = await asyncpg.connect(product.database_url.replace("+asyncpg", ""))
    try:
        await connection.execute(FILL, uuid.UUID(thread), count)
    finally:
        await connection.close()
