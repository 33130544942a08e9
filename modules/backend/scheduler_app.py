"""The scheduler where a platform wants to be answered.

`gunicorn -w 1 … modules.backend.scheduler_app:app`
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from modules.backend.api.host import host
from modules.backend.core.observability import configure_logging
from modules.backend.core.telemetry import start_telemetry
from modules.backend.services.jobs.pulse import Pulse
from modules.backend.tasks.broker import broker
from modules.backend.tasks.queue import settings
from modules.backend.tasks.scheduler import scheduling


@asynccontextmanager
async def _scheduling() -> AsyncIterator[Pulse]:
    configure_logging(settings.app, "scheduler")
    start_telemetry(settings.telemetry, settings.app, "scheduler")
    try:
        async with scheduling() as pulse:
            yield pulse
    finally:
        await broker.shutdown()


app = host(settings.app, _scheduling)
