"""Work that goes on for as long as a process lives."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from modules.backend.core.instruments import LOOP_LAG
from modules.backend.core.observability import get_logger
from modules.backend.core.telemetry import untraced

log = get_logger(__name__)

AGAIN_SECONDS = 1.0
CANCEL_AGAIN_SECONDS = 2.0
LAG_SECONDS = 0.5


async def kept_up(serve: Callable[[], Awaitable[None]]) -> None:
    """Background work must outlive its own faults: nothing else would notice that it is gone."""
    while True:
        try:
            with untraced():
                await serve()
        except Exception:  # the edge of a background task
            log.exception("background.broke")
        await asyncio.sleep(AGAIN_SECONDS)


async def ended(*tasks: "asyncio.Task[Any]") -> None:
    """Cancels the tasks, once more if need be, until each of them has ended, however it did.

    A cancellation can get lost in a library: `asyncio.wait_for`, before Python 3.12, forgets one
    that comes when what it waits for is done. A loop would then go on for ever.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def at_work(loops: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Keeps the loops up, each by its name, while the block runs."""
    tasks = [asyncio.create_task(kept_up(serve), name=name) for name, serve in loops.items()]
    try:
        yield
    finally:
        await ended(*tasks)


async def watch_event_loop() -> None:
    """Measures how late the event loop is: whatever blocks it delays everybody in the process."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_SECONDS
        await asyncio.sleep(LAG_SECONDS)
        LOOP_LAG.record(max(0.0, loop.time() - due))
