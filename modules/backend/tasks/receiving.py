"""The worker inside another process, such as the host that answers a platform's pings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from taskiq.receiver import Receiver

from modules.backend.core.background import ended
from modules.backend.services.jobs.pulse import Pulse
from modules.backend.tasks.broker import broker

TASKS_AT_ONCE = 100
"""As many as the command `taskiq worker` runs in a process."""
MARGIN_SECONDS = 5.0


@asynccontextmanager
async def receiving() -> AsyncIterator[Pulse]:
    """Runs tasks while the block runs; the pulse tells whether it still does.

    At the end no more are taken. Those that run may finish within the grace time; then they are
    handed back.
    """
    broker.is_worker_process = True
    await broker.startup()
    finish = asyncio.Event()
    receiver = Receiver(broker, run_startup=False, max_async_tasks=TASKS_AT_ONCE)
    loop = asyncio.create_task(receiver.listen(finish), name="receiver")
    loop.add_done_callback(lambda _: broker.pulse.end())
    try:
        yield broker.pulse
    finally:
        finish.set()
        await asyncio.wait([loop], timeout=broker.pace.grace + MARGIN_SECONDS)
        await ended(loop)
        await broker.shutdown()
