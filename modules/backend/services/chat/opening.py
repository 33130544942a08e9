"""The parts that make runs, wired together and at work: in web processes, and in workers."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from modules.backend.core.background import at_work, watch_event_loop
from modules.backend.core.database import Database
from modules.backend.services.actions.actors import NoActors
from modules.backend.services.base import Base
from modules.backend.services.chat.acceptance import AcceptedRun
from modules.backend.services.chat.answering import Answering
from modules.backend.services.chat.claims import Claims
from modules.backend.services.chat.context import Context
from modules.backend.services.chat.ending import Ending
from modules.backend.services.chat.generator import Generator, Stages
from modules.backend.services.chat.lease import Lease
from modules.backend.services.chat.live import LiveRun
from modules.backend.services.chat.log import RunLog
from modules.backend.services.chat.log_loss import LogLoss
from modules.backend.services.chat.loop import AgentLoop
from modules.backend.services.chat.ownership import Ownership
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.chat.readers import Readers
from modules.backend.services.chat.takeover import Takeover
from modules.backend.services.chat.tools.toolbox import Toolbox
from modules.backend.services.chat.writer import LogWriter
from modules.backend.services.desk import Desk

LEASE_STATEMENT_SECONDS = 4.0
"""A renewal that takes longer is late anyhow; the next one should not wait for it."""
WORKER_PATIENCE_SECONDS = 5.0
"""Web processes come first: a worker takes what has lain for so long."""

Enqueue = Callable[[str, uuid.UUID], Awaitable[None]]
"""Sends a task by its name, with the id of what it is about."""


@dataclass(frozen=True, slots=True)
class Making:
    """What a process makes runs with."""

    ownership: Ownership
    generator: Generator
    readers: Readers
    lease: Lease


@asynccontextmanager
async def open_making(
    base: Base,
    ownership: Ownership,
    *,
    kind: str,
    desk: Desk | None,
    proposals: Proposals,
    enqueue: Enqueue,
    patience: float = 0.0,
) -> AsyncIterator[Making]:
    """Makes runs while the block runs; at its end they are handed over and the lease given back.

    `kind` names the process; `patience` is how many seconds a run must have lain to be taken.
    """
    live: dict[uuid.UUID, LiveRun] = {}
    run_log = RunLog(base.stores)
    writer = LogWriter(run_log)
    readers = Readers(base.database, run_log, base.bells, live)
    stages = _stages(base, ownership, run_log, readers, _answering(base, desk, proposals), enqueue)
    generator = Generator(stages=stages, ownership=ownership, writer=writer, live=live)
    # A connection of its own: a pool that is used up must not cost the lease.
    reserved = Database(base.settings.database, size=1, statement_seconds=LEASE_STATEMENT_SECONDS)
    lease = _lease(base, reserved, kind, ownership, generator, patience)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(reserved.close)
        await stack.enter_async_context(
            at_work(
                {
                    "bells": base.bells.serve,
                    "log writer": writer.serve,
                    "lease": lease.serve,
                    "event loop": watch_event_loop,
                }
            )
        )
        stack.push_async_callback(lease.release)
        stack.push_async_callback(generator.hand_over)
        yield Making(ownership, generator, readers, lease)


def _stages(
    base: Base,
    ownership: Ownership,
    run_log: RunLog,
    readers: Readers,
    answering: Answering,
    enqueue: Enqueue,
) -> Stages:
    return Stages(
        takeover=Takeover(run_log, readers),
        answering=answering,
        log_loss=LogLoss(base.database, ownership, readers),
        ending=Ending(base.database, base.costs, base.clock),
        after_run=_after_run(enqueue, answering.context),
    )


def _lease(
    base: Base,
    reserved: Database,
    kind: str,
    ownership: Ownership,
    generator: Generator,
    patience: float,
) -> Lease:
    claims = Claims(
        database=reserved,
        ownership=ownership,
        owner=generator,
        clock=base.clock,
        new_id=base.new_id,
        patience=patience,
    )
    return Lease(
        kind=kind,
        database=reserved,
        bells=base.bells,
        ownership=ownership,
        owner=generator,
        claims=claims,
        settings=base.settings.app,
        clock=base.clock,
    )


def _answering(base: Base, desk: Desk | None, proposals: Proposals) -> Answering:
    loop = AgentLoop(
        provider=base.provider,
        toolbox=Toolbox([] if desk is None else desk.tools(), base.clock),
        actors=NoActors() if desk is None else desk.actors,
        proposals=proposals,
        database=base.database,
        new_id=base.new_id,
        costs=base.costs,
        max_output_tokens=base.settings.llm.llm_max_output_tokens,
    )
    return Answering(
        context=Context(base.database, base.settings.llm),
        loop=loop,
        proposals=proposals,
        database=base.database,
        clock=base.clock,
        deadline=base.settings.llm.llm_deadline_seconds,
    )


def _after_run(enqueue: Enqueue, context: Context) -> Callable[[AcceptedRun], Awaitable[None]]:
    async def after_run(run: AcceptedRun) -> None:
        if not run.has_title:
            await enqueue("conversations.title", run.thread_id)
        if context.was_used_up(run.thread_id):
            await enqueue("conversations.summary", run.thread_id)

    return after_run
