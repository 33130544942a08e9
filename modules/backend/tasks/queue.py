"""The task queue: Redis streams with acknowledgement.

Task arguments are ids, and every task may run twice: the truth is in PostgreSQL. A new task is one
function under `@job(…)` in a file of its own, and that file's name in `broker.py`.
"""

import logging
import multiprocessing
import os
import signal
import sys
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from taskiq import AsyncTaskiqDecoratedTask, SendTaskError, TaskiqEvents, TaskiqState
from taskiq.kicker import AsyncKicker
from taskiq.serializers import JSONSerializer
from taskiq_redis import RedisAsyncResultBackend

from modules.backend.bootstrap import Worker, open_worker
from modules.backend.core.clock import SystemClock
from modules.backend.core.config import Settings, described, load_settings
from modules.backend.core.errors import ConfigurationError
from modules.backend.core.observability import configure_logging, get_logger
from modules.backend.core.redis import ANSWER_SECONDS, CONNECT_SECONDS, Purpose, RedisStores
from modules.backend.core.telemetry import close_telemetry, start_telemetry
from modules.backend.services.jobs.queue import JobQueue
from modules.backend.services.jobs.schedule import Schedule
from modules.backend.tasks.jobs import ATTEMPTS, SECONDS, Job, specify
from modules.backend.tasks.stream import DUE, ONCE_SECONDS, TaskStream

log = get_logger(__name__)

RESULT_SECONDS = 600

P = ParamSpec("P")
R = TypeVar("R")


def _settings() -> Settings:
    """As everywhere; but a worker's manager would start its faulty children again for ever."""
    try:
        return load_settings()
    except ConfigurationError as error:
        _end_manager(error)
        raise


def _end_manager(error: ConfigurationError) -> None:
    manager = multiprocessing.parent_process()
    if manager is not None and manager.pid is not None:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        os.kill(manager.pid, signal.SIGKILL)


settings = _settings()
stores = RedisStores(settings.redis)
clock = SystemClock()

broker = TaskStream(JobQueue(stores.client(Purpose.TASKS)), clock)
broker.with_result_backend(
    RedisAsyncResultBackend(
        stores.url(Purpose.TASKS),
        serializer=JSONSerializer(),
        result_ex_time=RESULT_SECONDS,
        prefix_str=Purpose.TASKS.prefix + ":result",
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        timeout=ANSWER_SECONDS,
    )
)


def job(
    name: str,
    *,
    schedule: Schedule | None = None,
    attempts: int = ATTEMPTS,
    seconds: float = SECONDS,
) -> Callable[[Callable[P, R]], AsyncTaskiqDecoratedTask[P, R]]:
    """Makes a function a task that is sent by its name.

    schedule: when the scheduler sends it, without arguments
    attempts: how often it is tried before it is a dead letter
    seconds: the deadline of one attempt
    """
    specify(name, Job(schedule, attempts, seconds))
    return broker.task(name)


_resources = AsyncExitStack()


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def open_resources(state: TaskiqState) -> None:
    configure_logging(settings.app, "worker")
    start_telemetry(settings.telemetry, settings.app, "worker")
    logging.getLogger("taskiq.receiver.receiver").addFilter(_says_what_we_say)
    try:
        state.worker = await _resources.enter_async_context(open_worker(settings, enqueue))
    except ConfigurationError as error:
        _end_manager(error)
        raise
    log.info("worker.started", **described(settings))


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def close_resources(_state: TaskiqState) -> None:
    await _resources.aclose()
    log.info("worker.stopped")


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN, TaskiqEvents.CLIENT_SHUTDOWN)
async def close_stores(_state: TaskiqState) -> None:
    await stores.close()
    await close_telemetry()


def _says_what_we_say(record: logging.LogRecord) -> bool:
    """The library's lines about each task, which ours stand for: its traces may hold messages."""
    return not str(record.msg).startswith(("Executing task", "Exception found while executing"))


def worker() -> Worker:
    """The services of this worker process."""
    found: Worker = broker.state.worker
    return found


async def enqueue(name: str, subject: uuid.UUID, *, once_in: timedelta | None = None) -> None:
    """Sends a task by name; with `once_in`, unless it was sent so within that time.

    A queue that is away or full loses no fact, so it is no error here: the re-scan repairs it.
    """
    labels = {} if once_in is None else {ONCE_SECONDS: int(once_in.total_seconds())}
    try:
        await AsyncKicker[[str], None](name, broker, labels).kiq(str(subject))
    except SendTaskError as error:
        cause = type(error.__cause__).__name__
        log.warning("task.not_sent", task=name, subject=str(subject), error=cause)


async def send_due(name: str, due: datetime) -> None:
    """Sends a scheduled task, unless it was sent for this due time or a later one.

    Raises QueueFullError and what Redis raises.
    """
    try:
        await AsyncKicker[[], None](name, broker, {DUE: int(due.timestamp())}).kiq()
    except SendTaskError as error:
        raise error.__cause__ or error from None
