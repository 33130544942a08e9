"""What is wired together, once, for each process."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from modules.backend.clients.http import make_http_client
from modules.backend.core.clock import Clock, SystemClock
from modules.backend.core.config import Settings, fingerprint
from modules.backend.core.database import Database
from modules.backend.core.instruments import POOL_SIZE, POOL_USED, SOCKET_CAPACITY
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import Purpose, RedisStores
from modules.backend.services.actions.background import BackgroundExecution
from modules.backend.services.actions.changes import Changes
from modules.backend.services.actions.executor import Executor
from modules.backend.services.audit.retention import AuditRetention
from modules.backend.services.base import Base
from modules.backend.services.chat.acceptance import Acceptance
from modules.backend.services.chat.bells import Bells
from modules.backend.services.chat.opening import (
    WORKER_PATIENCE_SECONDS,
    Enqueue,
    Making,
    open_making,
)
from modules.backend.services.chat.ownership import Ownership
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.chat.run import Runs
from modules.backend.services.conversations import Conversations
from modules.backend.services.desk import Desk
from modules.backend.services.desk_opening import (
    make_changes,
    make_executor,
    make_following,
    open_desk,
)
from modules.backend.services.drain import Drain
from modules.backend.services.feedback import AnswerFeedback
from modules.backend.services.following import Following
from modules.backend.services.guard.guard import Guard, open_guard, recorded
from modules.backend.services.guard.runs_at_once import RunsAtOnce
from modules.backend.services.health import Health
from modules.backend.services.health_opening import make_health
from modules.backend.services.jobs.overview import Jobs
from modules.backend.services.jobs.queue import JobQueue
from modules.backend.services.ledger import LedgerProof
from modules.backend.services.llm.cost_tracker import CostTracker
from modules.backend.services.llm.pricing import Prices, warn_of_unpriced
from modules.backend.services.llm.registry import make_provider
from modules.backend.services.readings.reader import Reader
from modules.backend.services.rescan import Rescan
from modules.backend.services.retention import Retention
from modules.backend.services.summaries import Summaries
from modules.backend.services.titles import Titles
from modules.backend.services.usage import UsageReports

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Web:
    """What a web process serves with."""

    settings: Settings
    guard: Guard
    conversations: Conversations
    feedback: AnswerFeedback
    usage: UsageReports
    runs: Runs
    drain: Drain
    changes: Changes
    desk: Desk | None
    """None where no tenant of SailPoint is configured."""
    bells: Bells
    health: Health
    jobs: Jobs
    clock: Clock
    configuration: str
    """A fingerprint of the settings."""


@dataclass(frozen=True, slots=True)
class Worker:
    """What the tasks of a worker call."""

    titles: Titles
    summaries: Summaries
    reader: Reader
    ledger: LedgerProof
    executor: Executor
    following: Following | None
    desk: Desk | None
    proposals: Proposals
    rescan: Rescan
    retention: Retention
    audit_retention: AuditRetention


@asynccontextmanager
async def _base(settings: Settings) -> AsyncIterator[Base]:
    """Opens what every process needs. Nothing connects yet: no store delays a start."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(make_http_client())
        database = Database(settings.database)
        _observe(settings, database)
        stack.push_async_callback(database.close)
        stores = RedisStores(settings.redis)
        stack.push_async_callback(stores.close)
        clock = SystemClock()
        provider = make_provider(settings.llm, stores, clock)
        stack.push_async_callback(provider.close)
        prices = Prices(settings.llm.llm_prices)
        warn_of_unpriced(settings.llm, prices, clock.now())
        yield Base(
            settings=settings,
            database=database,
            stores=stores,
            provider=provider,
            costs=CostTracker(database, prices, settings.llm, clock, uuid.uuid4),
            bells=Bells(stores),
            http=http,
            clock=clock,
            new_id=uuid.uuid4,
        )


def _observe(settings: Settings, database: Database) -> None:
    """What is looked at whenever figures are collected."""
    most = settings.database.database_pool_size + settings.database.database_max_overflow
    POOL_USED.observe(database.in_use)
    POOL_SIZE.observe(lambda: most)
    SOCKET_CAPACITY.observe(lambda: settings.chat.ws_capacity_per_worker)


@asynccontextmanager
async def open_web(settings: Settings, enqueue: Enqueue) -> AsyncIterator[Web]:
    """A web process's services, with its background work running."""
    async with (
        _base(settings) as base,
        open_desk(settings.sailpoint, base.database, base.stores, base.clock, enqueue) as desk,
        _guard(base) as guard,
    ):
        ownership = Ownership(base.new_id, base.clock)
        execution = BackgroundExecution(make_executor(desk, base, ownership))
        proposals = Proposals(base.database, execution.begin, base.clock, base.new_id)
        async with open_making(
            base, ownership, kind="web", desk=desk, proposals=proposals, enqueue=enqueue
        ) as making:
            drain = Drain(making.generator, making.lease, execution, settings.chat.drain_seconds)
            try:
                yield _web(base, making, desk, proposals, drain, guard)
            finally:
                await execution.close()


@asynccontextmanager
async def open_worker(settings: Settings, enqueue: Enqueue) -> AsyncIterator[Worker]:
    """A worker's services. It also goes on with runs that no web process takes."""
    async with (
        _base(settings) as base,
        open_desk(settings.sailpoint, base.database, base.stores, base.clock) as desk,
        recorded(settings, base.database, base.clock, "worker"),
    ):
        ownership = Ownership(base.new_id, base.clock)
        executor = make_executor(desk, base, ownership)
        proposals = Proposals(base.database, executor.execute, base.clock, base.new_id)
        costs, llm = base.costs, settings.llm
        async with open_making(
            base,
            ownership,
            kind="worker",
            desk=desk,
            proposals=proposals,
            enqueue=enqueue,
            patience=WORKER_PATIENCE_SECONDS,
        ):
            yield Worker(
                titles=Titles(base.database, base.provider, base.bells, costs, llm),
                summaries=Summaries(base.database, base.provider, costs, llm, base.clock),
                reader=Reader(
                    base.database, base.provider, base.bells, costs, llm, base.clock, base.new_id
                ),
                ledger=LedgerProof(base.database, costs, base.clock),
                executor=executor,
                following=make_following(desk, base),
                desk=desk,
                proposals=proposals,
                rescan=Rescan(base.database, base.clock),
                retention=Retention(base.database, settings.retention, base.clock),
                audit_retention=AuditRetention(base.database, settings.audit, base.clock),
            )


def _guard(base: Base) -> AbstractAsyncContextManager[Guard]:
    return open_guard(
        base.settings, base.database, base.stores, base.http, base.bells, base.clock, base.new_id
    )


def _web(
    base: Base,
    making: Making,
    desk: Desk | None,
    proposals: Proposals,
    drain: Drain,
    guard: Guard,
) -> Web:
    return Web(
        settings=base.settings,
        guard=guard,
        conversations=Conversations(base.database, base.bells),
        feedback=AnswerFeedback(base.database, base.clock),
        usage=UsageReports(base.database, base.clock),
        runs=_runs(base, making, proposals),
        drain=drain,
        changes=make_changes(desk, proposals),
        desk=desk,
        bells=base.bells,
        health=make_health(
            base.settings, base.http, base.database, base.stores, making.ownership, base.clock
        ),
        jobs=Jobs(JobQueue(base.stores.client(Purpose.TASKS)), base.clock),
        clock=base.clock,
        configuration=fingerprint(base.settings),
    )


def _runs(base: Base, making: Making, proposals: Proposals) -> Runs:
    return Runs(
        database=base.database,
        acceptance=_acceptance(base, making, proposals),
        generator=making.generator,
        proposals=proposals,
        readers=making.readers,
        bells=base.bells,
        clock=base.clock,
    )


def _acceptance(base: Base, making: Making, proposals: Proposals) -> Acceptance:
    return Acceptance(
        base.database,
        making.ownership,
        proposals,
        RunsAtOnce(base.settings.limits),
        base.clock,
        base.new_id,
    )
