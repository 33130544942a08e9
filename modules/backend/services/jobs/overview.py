"""What an administrator sees of the queue, and may do about what was given up."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from modules.backend.core.clock import Clock
from modules.backend.core.errors import NotFound, Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY
from modules.backend.schemas.jobs import DeadLetterOut, JobsOut, Revived
from modules.backend.services.jobs.queue import MAX_DEAD, JobQueue, QueueFullError
from modules.backend.services.people import Person

log = get_logger(__name__)


class Jobs:
    def __init__(self, queue: JobQueue, clock: Clock) -> None:
        self._queue = queue
        self._clock = clock

    async def overview(self) -> JobsOut:
        """Raises Unavailable."""
        with _Translated():
            return await measure(self._queue, self._clock)

    async def dead_letters(self, limit: int) -> list[DeadLetterOut]:
        """What was given up, newest first. Raises Unavailable."""
        with _Translated():
            found: Any = await self._queue.redis.xrevrange(self._queue.dead, count=limit)
        return [_dead_letter(entry_id, fields) for entry_id, fields in found]

    async def revive(self, admin: Person, dead_id: str) -> None:
        """Sends a dead letter again, with all its attempts. Raises NotFound, Unavailable."""
        with _Translated():
            revived = await self._queue.revive(dead_id)
        if not revived:
            raise NotFound("not_found", "This task is not among those that were given up.")
        log.info("task.revived", dead_id=dead_id, by=str(admin.id))

    async def revive_all(self, admin: Person) -> Revived:
        """Sends all of them again, oldest first. Raises Unavailable; what was sent stays sent."""
        revived = 0
        with _Translated():
            found: Any = await self._queue.redis.xrange(self._queue.dead, count=MAX_DEAD)
            for entry_id, _ in found:
                revived += await self._queue.revive(entry_id.decode())
        log.info("task.all_revived", revived=revived, by=str(admin.id))
        return Revived(revived=revived)


async def measure(queue: JobQueue, clock: Clock) -> JobsOut:
    """The state of the queue. Raises what Redis raises."""
    now = clock.now()
    redis: Any = queue.redis
    length, groups, oldest, postponed, dead, failures, fired = await asyncio.gather(
        redis.xlen(queue.stream),
        _groups(queue),
        redis.xrange(queue.stream, count=1),
        redis.zcard(queue.later),
        redis.xlen(queue.dead),
        redis.hgetall(queue.failures_key(now)),
        redis.hgetall(queue.fired),
    )
    running = sum(group["pending"] for group in groups)
    since = _time_of(oldest[0][0]) if oldest else now
    return JobsOut(
        waiting=max(0, length - running),
        running=running,
        postponed=postponed,
        dead=dead,
        oldest_seconds=max(0.0, (now - since).total_seconds()),
        failures={task.decode(): int(count) for task, count in failures.items()},
        last_due={
            task.decode(): datetime.fromtimestamp(int(due), UTC) for task, due in fired.items()
        },
    )


async def _groups(queue: JobQueue) -> list[dict[str, Any]]:
    """None yet where no task was ever sent."""
    if not await queue.redis.exists(queue.stream):
        return []
    redis: Any = queue.redis
    groups: list[dict[str, Any]] = await redis.xinfo_groups(queue.stream)
    return groups


def _dead_letter(entry_id: bytes, fields: dict[bytes, bytes]) -> DeadLetterOut:
    task, arguments = _named(fields[b"data"])
    return DeadLetterOut(
        id=entry_id.decode(),
        task=task,
        subjects=[UUID(argument) for argument in arguments],
        reason=fields[b"reason"].decode(),
        died_at=_time_of(entry_id),
    )


def _named(data: bytes) -> tuple[str, list[str]]:
    """The task and what it is about; what cannot be read has no name."""
    try:
        message = json.loads(data)
        arguments = [str(UUID(argument)) for argument in message["args"]]
        return str(message["task_name"]), arguments
    except (ValueError, KeyError, TypeError, AttributeError):
        return "unreadable", []


def _time_of(entry_id: bytes) -> datetime:
    """Ids of a stream begin with the server's time in milliseconds."""
    return datetime.fromtimestamp(int(entry_id.split(b"-")[0]) / 1000, UTC)


class _Translated:
    """Turns what Redis raises into Unavailable."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, QueueFullError):
            raise Unavailable(
                "queue_full", "Too many tasks wait already. Try again when there are fewer."
            ) from error
        if isinstance(error, REDIS_AWAY):
            raise Unavailable(
                "queue_away", "The task queue cannot be reached right now. Try again soon."
            ) from error
