"""What stands between the outside and the services: who comes in, how much, what is recorded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from modules.backend.clients.issuer import IssuerKeys
from modules.backend.core.background import at_work, ended
from modules.backend.core.clock import Clock, NewId
from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.errors import Unavailable
from modules.backend.core.redis import RedisStores
from modules.backend.core.security import TokenVerifier
from modules.backend.services.audit import trail
from modules.backend.services.audit.configuration import described
from modules.backend.services.audit.linking import Linking
from modules.backend.services.audit.reading import Audit
from modules.backend.services.audit.trail import Kind
from modules.backend.services.chat.bells import Bells
from modules.backend.services.guard.limits import Limits
from modules.backend.services.guard.sessions import Sessions
from modules.backend.services.guard.sockets import Sockets
from modules.backend.services.people import People
from modules.backend.services.privacy import Privacy

AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Guard:
    people: People
    limits: Limits
    sockets: Sockets
    audit: Audit
    privacy: Privacy


@asynccontextmanager
async def open_guard(
    settings: Settings,
    database: Database,
    stores: RedisStores,
    http: httpx.AsyncClient,
    bells: Bells,
    clock: Clock,
    new_id: NewId,
) -> AsyncIterator[Guard]:
    """The guard of a web process, with its background work running. Nothing connects yet."""
    keys = IssuerKeys(settings.auth.jwks_url, http, clock)
    verifier = TokenVerifier(settings.auth, keys, clock)
    people = People(database, verifier, Sessions(stores, clock), bells, clock, new_id)
    guard = Guard(
        people=people,
        limits=Limits(settings.limits, stores, clock),
        sockets=Sockets(settings.limits, stores, settings.chat.ws_capacity_per_worker),
        audit=Audit(database, clock),
        privacy=Privacy(database, people, bells, clock),
    )
    loops = {"sockets": guard.sockets.serve, "audit chain": Linking(database, clock).serve}
    async with at_work(loops), recorded(settings, database, clock, "web"):
        yield guard


@asynccontextmanager
async def recorded(
    settings: Settings, database: Database, clock: Clock, process: str
) -> AsyncIterator[None]:
    """Records the configuration that a process started with, as soon as PostgreSQL is there."""
    recording = asyncio.create_task(_record(settings, database, clock, process), name="audit start")
    try:
        yield
    finally:
        await ended(recording)


async def _record(settings: Settings, database: Database, clock: Clock, process: str) -> None:
    details = described(settings)
    while True:
        try:
            async with database.transaction() as session:
                await trail.record(
                    session,
                    clock.now(),
                    Kind.CONFIGURED,
                    process=process,
                    build=settings.app.build_id,
                    **details,
                )
        except Unavailable:
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return
