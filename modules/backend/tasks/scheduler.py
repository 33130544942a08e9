"""The scheduler: sends what is due. Any number of processes may run it; one of them leads.

The library's own loop judges by when it was started, and two of them send twice. So it is given no
schedules, and `Ticker` runs beside it.
"""

import asyncio
import os
import signal
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from taskiq import TaskiqScheduler

from modules.backend.core.background import ended
from modules.backend.core.config import described
from modules.backend.core.observability import configure_logging, get_logger
from modules.backend.core.redis import Purpose
from modules.backend.core.telemetry import start_telemetry
from modules.backend.services.jobs.leader import Leader
from modules.backend.services.jobs.pulse import Pulse
from modules.backend.services.jobs.ticker import Ticker
from modules.backend.tasks.broker import broker
from modules.backend.tasks.jobs import schedules
from modules.backend.tasks.queue import clock, send_due, settings, stores

log = get_logger(__name__)

LEASE = timedelta(seconds=10)


@asynccontextmanager
async def scheduling() -> AsyncIterator[Pulse]:
    """Sends what is due while the block runs; the pulse tells whether it still does."""
    ticker = Ticker(
        schedules(),
        leader=Leader(
            stores.client(Purpose.TASKS),
            f"{Purpose.TASKS.prefix}:leader",
            me=f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}",
            lease=LEASE,
        ),
        send=send_due,
        clock=clock,
        enabled=settings.app.scheduler_enabled,
    )
    log.info("scheduler.started", **described(settings))
    loop = asyncio.create_task(ticker.serve(), name="ticker")
    loop.add_done_callback(lambda _: ticker.pulse.end())
    try:
        yield ticker.pulse
    finally:
        await ended(loop)
        await ticker.resign()
        log.info("scheduler.stopped")


class Scheduler(TaskiqScheduler):
    """What the command `taskiq scheduler` starts and stops."""

    async def startup(self) -> None:
        configure_logging(settings.app, "scheduler")
        start_telemetry(settings.telemetry, settings.app, "scheduler")
        await super().startup()
        command = asyncio.current_task()
        assert command is not None
        # The command knows Ctrl-C alone; the platform stops it by the other signal.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, command.cancel)
        self._scheduling = scheduling()
        await self._scheduling.__aenter__()

    async def shutdown(self) -> None:
        await self._scheduling.__aexit__(None, None, None)
        await super().shutdown()


scheduler = Scheduler(broker, sources=[])
