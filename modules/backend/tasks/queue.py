"""The task queue: Redis streams with acknowledgement.

Task arguments are ids, and every task may run twice: the truth is in PostgreSQL.
"""

import multiprocessing
import os
import signal
import sys
import uuid
from contextlib import AsyncExitStack

from taskiq import TaskiqEvents, TaskiqState
from taskiq.kicker import AsyncKicker
from taskiq.serializers import JSONSerializer
from taskiq_redis import RedisAsyncResultBackend

from modules.backend.bootstrap import Worker, open_worker
from modules.backend.core.config import Settings, load_settings
from modules.backend.core.errors import ConfigurationError
from modules.backend.core.observability import configure_logging, get_logger
from modules.backend.core.redis import Purpose, RedisStores
from modules.backend.tasks.stream import TaskStream

log = get_logger(__name__)

IDLE_MILLISECONDS = 60_000
"""A task that nobody acknowledged for this long goes to another worker. Longer than any task."""
MAX_QUEUED = 10_000
RESULT_SECONDS = 600


def _settings() -> Settings:
    """As everywhere; but a worker's manager would start its faulty children again for ever."""
    try:
        return load_settings()
    except ConfigurationError as error:
        manager = multiprocessing.parent_process()
        if manager is not None and manager.pid is not None:
            sys.stderr.write(f"{error}\n")
            sys.stderr.flush()
            os.kill(manager.pid, signal.SIGKILL)
        raise


settings = _settings()
_url = RedisStores(settings.redis).url(Purpose.TASKS)

broker = TaskStream(
    _url,
    queue_name=Purpose.TASKS.prefix,
    consumer_id="0",  # also what was sent before the first worker ever started
    xread_count=1,
    idle_timeout=IDLE_MILLISECONDS,
    unacknowledged_lock_timeout=10,
    maxlen=MAX_QUEUED,
).with_result_backend(
    RedisAsyncResultBackend(
        _url,
        serializer=JSONSerializer(),
        result_ex_time=RESULT_SECONDS,
        prefix_str=Purpose.TASKS.prefix + ":result",
    )
)

_resources = AsyncExitStack()


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def open_resources(state: TaskiqState) -> None:
    configure_logging(settings.app, "worker")
    state.worker = await _resources.enter_async_context(open_worker(settings))
    log.info("worker.started")


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def close_resources(_state: TaskiqState) -> None:
    await _resources.aclose()


def worker() -> Worker:
    """The services of this worker process."""
    found: Worker = broker.state.worker
    return found


async def enqueue(name: str, subject: uuid.UUID) -> None:
    """Sends a task by name. A queue that is away loses no fact, so it is no error here."""
    try:
        await AsyncKicker[[str], None](name, broker, {}).kiq(str(subject))
    except Exception as error:  # taskiq wraps and renames what the client raises
        log.warning("task.not_sent", task=name, subject=str(subject), error=type(error).__name__)
