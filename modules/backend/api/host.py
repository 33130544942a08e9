"""The HTTP side of a process whose work is a loop: an address for the platform's pings."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from modules.backend.core.settings import AppSettings
from modules.backend.schemas.health import LoopHealth
from modules.backend.services.jobs.pulse import Pulse

Loop = Callable[[], AbstractAsyncContextManager[Pulse]]
"""Work that goes on while its block runs."""


def host(settings: AppSettings, loop: Loop) -> Starlette:
    """An application that runs the loop and answers `/health`: 503 when it ended or stalled."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with loop() as pulse:
            app.state.pulse = pulse
            yield

    async def health(request: Request) -> JSONResponse:
        pulse: Pulse = request.app.state.pulse
        body = LoopHealth(
            status=pulse.state,
            build=settings.build_id,
            heartbeat_seconds=round(pulse.age_seconds, 1),
        )
        status = 200 if body.status == "ok" else 503
        return JSONResponse(body.model_dump(mode="json", by_alias=True), status)

    # The platform asks for the root when nobody told it where to ask.
    routes = [Route("/health", health), Route("/", health)]
    return Starlette(routes=routes, lifespan=lifespan)
