"""The web process: `gunicorn … modules.backend.main:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from modules.backend.api import errors
from modules.backend.api.admission import Admission
from modules.backend.api.body_limit import BodyLimit
from modules.backend.api.headers import SecurityHeaders, security_headers
from modules.backend.api.http import (
    access,
    agent,
    approvals,
    audit,
    connections,
    conversations,
    feedback,
    health,
    jobs,
    me,
    page,
    proposals,
    usage,
)
from modules.backend.api.ws import chat
from modules.backend.bootstrap import open_web
from modules.backend.core.config import Settings, described, load_settings
from modules.backend.core.observability import configure_logging, get_logger
from modules.backend.core.telemetry import close_telemetry, start_telemetry
from modules.backend.tasks.queue import enqueue

log = get_logger(__name__)

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Room for the long history that a client of the protocol sends along."""


TELEMETRY: TelemetryConfig = {
    # The framework's own log records would hold what people wrote.
    "logs": False,
    "operation_spans": False,
    "exclude": lambda scope: scope.get("path", "").startswith("/health"),
}

ROUTERS = (
    me,
    conversations,
    access,
    approvals,
    connections,
    proposals,
    feedback,
    usage,
    audit,
    agent,
    jobs,
    health,
    chat,
    page,
)


def create_app(settings: Settings) -> FastAPI:
    """The application, with every route. Its services live from start-up to shutdown."""
    configure_logging(settings.app, "web")
    start_telemetry(settings.telemetry, settings.app, "web")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_web(settings, enqueue) as web:
            app.state.web = web
            app.state.drain = web.drain
            log.info("web.started", **described(settings))
            yield
        log.info("web.stopped")
        await close_telemetry()

    app = FastAPI(
        title="Icarus identity chatbot",
        version=settings.app.build_id,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry=TELEMETRY,
        responses=errors.RESPONSES,
    )
    _guard(app, settings)
    for router in ROUTERS:
        app.include_router(router.router)
    page.mount(app, settings.app.frontend_dist)
    return app


def _guard(app: FastAPI, settings: Settings) -> None:
    """What stands before every route; what is added last is passed first."""
    app.add_middleware(Admission)
    errors.install(app)
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES, max_seconds=settings.chat.body_seconds)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.app.cors_origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID", "traceparent"],
        expose_headers=["Retry-After"],
        max_age=600,
    )
    app.add_middleware(SecurityHeaders, headers=security_headers(settings))


app = create_app(load_settings())
