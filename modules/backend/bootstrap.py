"""What is wired together, once, for each process."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from modules.backend.clients.http import make_http_client
from modules.backend.clients.issuer import IssuerKeys
from modules.backend.clients.reachable import answers
from modules.backend.core.clock import Clock, NewId, SystemClock
from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import Purpose, RedisStores
from modules.backend.core.security import TokenVerifier
from modules.backend.services.chat.acceptance import Acceptance, AcceptedRun
from modules.backend.services.chat.answer import Answering
from modules.backend.services.chat.bells import Bells
from modules.backend.services.chat.context import Context
from modules.backend.services.chat.ending import Ending
from modules.backend.services.chat.lease import Lease
from modules.backend.services.chat.live import LiveRun
from modules.backend.services.chat.log import RunLog
from modules.backend.services.chat.ownership import Ownership
from modules.backend.services.chat.readers import Readers
from modules.backend.services.chat.run import Runs, Stages
from modules.backend.services.chat.takeover import Takeover
from modules.backend.services.chat.writer import LogWriter
from modules.backend.services.conversations import Conversations
from modules.backend.services.health import Check, Health
from modules.backend.services.llm.provider import LLMProvider
from modules.backend.services.llm.registry import make_provider
from modules.backend.services.people import People
from modules.backend.services.titles import Titles

log = get_logger(__name__)

AGAIN_SECONDS = 1.0

Enqueue = Callable[[str, uuid.UUID], Awaitable[None]]
"""Sends a task by its name, with the id of what it is about."""


@dataclass(frozen=True, slots=True)
class Web:
    """What a web process serves with."""

    settings: Settings
    people: People
    conversations: Conversations
    runs: Runs
    bells: Bells
    health: Health
    clock: Clock


@dataclass(frozen=True, slots=True)
class Worker:
    """What the tasks of a worker call."""

    titles: Titles


@dataclass(frozen=True, slots=True)
class _Base:
    settings: Settings
    database: Database
    stores: RedisStores
    provider: LLMProvider
    bells: Bells
    http: httpx.AsyncClient
    clock: Clock
    new_id: NewId


@asynccontextmanager
async def _base(settings: Settings) -> AsyncIterator[_Base]:
    """Opens what every process needs. Nothing connects yet: no store delays a start."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(make_http_client())
        database = Database(settings.database)
        stack.push_async_callback(database.close)
        stores = RedisStores(settings.redis)
        stack.push_async_callback(stores.close)
        clock = SystemClock()
        provider = make_provider(settings.llm, clock)
        stack.push_async_callback(provider.close)
        yield _Base(settings, database, stores, provider, Bells(stores), http, clock, uuid.uuid4)


@asynccontextmanager
async def open_web(settings: Settings, enqueue: Enqueue) -> AsyncIterator[Web]:
    """A web process's services, with its background work running."""
    async with _base(settings) as base:
        ownership = Ownership(base.new_id)
        run_log = RunLog(base.stores)
        writer = LogWriter(run_log)
        runs = _runs(base, ownership, run_log, writer, enqueue)
        # A connection of its own: a pool that is used up must not cost the lease.
        reserved = Database(settings.database, size=1)
        lease = Lease(
            database=reserved,
            bells=base.bells,
            ownership=ownership,
            owner=runs,
            settings=settings.app,
            clock=base.clock,
            new_id=base.new_id,
        )
        background = [
            asyncio.create_task(_kept_up(serve), name=name)
            for name, serve in (
                ("bells", base.bells.serve),
                ("log writer", writer.serve),
                ("lease", lease.serve),
            )
        ]
        try:
            yield _web(base, runs, ownership)
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            await runs.close()
            await lease.release()
            await reserved.close()


async def _kept_up(serve: Callable[[], Awaitable[None]]) -> None:
    """Background work must outlive its own faults: nothing else would notice that it is gone."""
    while True:
        try:
            await serve()
        except Exception:  # the edge of a background task
            log.exception("background.broke")
        await asyncio.sleep(AGAIN_SECONDS)


@asynccontextmanager
async def open_worker(settings: Settings) -> AsyncIterator[Worker]:
    """A worker's services."""
    async with _base(settings) as base:
        yield Worker(titles=Titles(base.database, base.provider, base.bells, base.new_id))


def _runs(
    base: _Base, ownership: Ownership, run_log: RunLog, writer: LogWriter, enqueue: Enqueue
) -> Runs:
    live: dict[uuid.UUID, LiveRun] = {}
    readers = Readers(base.database, run_log, base.bells, live)

    async def after_run(run: AcceptedRun) -> None:
        await enqueue("conversations.title", run.thread_id)

    stages = Stages(
        acceptance=Acceptance(base.database, ownership, base.clock, base.new_id),
        answering=Answering(
            Context(base.database),
            base.provider,
            deadline=base.settings.llm.llm_deadline_seconds,
        ),
        ending=Ending(base.database, base.clock, base.new_id),
        takeover=Takeover(run_log, readers),
        after_run=after_run,
    )
    return Runs(
        database=base.database,
        stages=stages,
        readers=readers,
        writer=writer,
        bells=base.bells,
        live=live,
        clock=base.clock,
    )


def _web(base: _Base, runs: Runs, ownership: Ownership) -> Web:
    keys = IssuerKeys(base.settings.auth.jwks_url, base.http, base.clock)
    verifier = TokenVerifier(base.settings.auth, keys, base.clock)
    return Web(
        settings=base.settings,
        people=People(base.database, verifier, base.clock, base.new_id),
        conversations=Conversations(base.database, base.bells),
        runs=runs,
        bells=base.bells,
        health=_health(base, ownership),
        clock=base.clock,
    )


def _health(base: _Base, ownership: Ownership) -> Health:
    sailpoint = base.settings.sailpoint.sailpoint_base_url

    async def postgresql() -> None:
        await base.database.ping()
        await ownership.owner_id()  # without a lease there no run could be accepted

    async def redis() -> None:
        await base.stores.client(Purpose.STATE).ping()

    outside: dict[str, Check] = {
        "llm": lambda: answers(base.http, base.settings.llm.openai_base_url)
    }
    if sailpoint is not None:
        outside["sailpoint"] = lambda: answers(base.http, sailpoint)
    return Health(
        essential={"postgresql": postgresql, "redis": redis},
        outside=outside,
        clock=base.clock,
    )
