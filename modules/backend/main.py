"""The web process: `gunicorn … modules.backend.main:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from modules.backend.api import errors
from modules.backend.api.body_limit import BodyLimit
from modules.backend.api.headers import SecurityHeaders, security_headers
from modules.backend.api.http import agent, conversations, health, me, page
from modules.backend.api.ws import chat
from modules.backend.bootstrap import open_web
from modules.backend.core.config import Settings, load_settings
from modules.backend.core.observability import configure_logging, get_logger
from modules.backend.tasks.queue import enqueue

log = get_logger(__name__)

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Room for the long history that a client of the protocol sends along."""


def create_app(settings: Settings) -> FastAPI:
    """The application, with every route. Its services live from start-up to shutdown."""
    configure_logging(settings.app, "web")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_web(settings, enqueue) as web:
            app.state.web = web
            log.info("web.started")
            yield
        log.info("web.stopped")

    app = FastAPI(
        title="Icarus identity chatbot",
        version=settings.app.build_id,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=errors.RESPONSES,
    )
    errors.install(app)
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.app.cors_origins,
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        max_age=600,
    )
    app.add_middleware(SecurityHeaders, headers=security_headers(settings))
    for router in (me, conversations, agent, health, chat, page):
        app.include_router(router.router)
    page.mount(app, settings.app.frontend_dist)
    return app


app = create_app(load_settings())
