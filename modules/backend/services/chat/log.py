"""The event log of a run: one Redis stream.

An entry's id is `generation-last number`, its fields the first number and the finished frames,
joined by line feeds, which JSON never holds raw. Redis refuses an id that is not above the last
one, so an owner that was replaced cannot write after its successor's first entry.
"""

import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from redis.asyncio.client import Pipeline
from redis.exceptions import ResponseError

from modules.backend.core.redis import Purpose, RedisStores
from modules.backend.services.chat.bells import run_bell
from modules.backend.services.chat.events import START, Cursor, Frame

LIVE_SECONDS = 4 * 3600
ENDED_SECONDS = 600
PAGE_ENTRIES = 50

Entry = tuple[bytes, dict[bytes, bytes]]
_ALREADY_THERE = "equal or smaller than the target stream top item"
"""Redis's words when an id is not above the last one."""


class RunLog:
    def __init__(self, stores: RedisStores) -> None:
        self._redis = stores.client(Purpose.STATE)

    async def append(self, batches: Sequence[tuple[uuid.UUID, Sequence[Frame]]]) -> list[bool]:
        """Appends to many logs in one round trip and rings their bells.

        Returns for each batch whether somebody listens elsewhere. A stream that should exist and
        does not is left missing: a log with a hole is worse than none. Raises what REDIS_AWAY
        names; nothing is then known of any batch, and appending it again is safe.
        """
        pipeline = self._redis.pipeline(transaction=False)
        for run_id, frames in batches:
            _queue_append(pipeline, run_id, frames)
        for run_id, frames in batches:
            _queue_lifetime(pipeline, run_id, frames)
        results = await pipeline.execute(raise_on_error=False)
        self._raise_unless_refused(results)
        return [bool(heard) for heard in results[1 : 2 * len(batches) : 2]]

    async def append_terminal(self, run_id: uuid.UUID, frame: Frame) -> None:
        """Adds the terminal event at its fixed place, unless it is there."""
        pipeline = self._redis.pipeline(transaction=False)
        _queue_append(pipeline, run_id, [frame])
        _queue_lifetime(pipeline, run_id, [frame])
        self._raise_unless_refused(await pipeline.execute(raise_on_error=False))

    async def read(self, run_id: uuid.UUID, after: Cursor) -> list[Frame]:
        """The next page of events after the cursor, of this and of later generations."""
        entries = await self._redis.xrange(
            log_key(run_id), min=f"({after}", max="+", count=PAGE_ENTRIES
        )
        page: list[Frame] = []
        for entry_id, fields in cast("list[Entry]", entries):
            for frame in _frames(entry_id, fields):
                # An append that was repeated after a broken connection may overlap the one before.
                if frame.cursor > after:
                    page.append(frame)
                    after = frame.cursor
        return page

    async def seal(self, run_id: uuid.UUID, gen: int) -> bool:
        """Closes the log to all earlier generations. False if there is no log."""
        try:
            sealed = await self._redis.xadd(
                log_key(run_id), {"s": 0, "f": b""}, id=f"{gen}-0", nomkstream=True
            )
        except ResponseError as error:
            if _ALREADY_THERE not in str(error):
                raise
            return True
        return sealed is not None

    async def read_all(self, run_id: uuid.UUID) -> AsyncIterator[Frame]:
        """Every event in the log, oldest first, withdrawn ones included."""
        after = START
        while page := await self.read(run_id, after):
            for frame in page:
                yield frame
            after = page[-1].cursor

    @staticmethod
    def _raise_unless_refused(results: Sequence[Any]) -> None:
        for result in results:
            if isinstance(result, Exception) and _ALREADY_THERE not in str(result):
                raise result


def log_key(run_id: uuid.UUID) -> str:
    return RedisStores.key(Purpose.STATE, "log", run_id)


def _queue_append(pipeline: Pipeline, run_id: uuid.UUID, frames: Sequence[Frame]) -> None:
    """Two commands: append and ring."""
    key, first, last = log_key(run_id), frames[0].cursor, frames[-1].cursor
    fields: dict[Any, Any] = {"s": first.seq, "f": b"\n".join(f.data for f in frames)}
    pipeline.xadd(key, fields, id=str(last), nomkstream=first.seq > 1)
    pipeline.publish(run_bell(run_id), b"")


def _queue_lifetime(pipeline: Pipeline, run_id: uuid.UUID, frames: Sequence[Frame]) -> None:
    """Set when a log begins and when it ends."""
    if frames[-1].is_terminal:
        pipeline.expire(log_key(run_id), ENDED_SECONDS)
    elif frames[0].cursor.seq == 1:
        pipeline.expire(log_key(run_id), LIVE_SECONDS)


def _frames(entry_id: bytes, fields: dict[bytes, bytes]) -> list[Frame]:
    if not fields[b"f"]:
        return []  # a seal
    gen, first = Cursor.parse(entry_id.decode()).gen, int(fields[b"s"])
    return [Frame(Cursor(gen, first + i), data) for i, data in enumerate(fields[b"f"].split(b"\n"))]
