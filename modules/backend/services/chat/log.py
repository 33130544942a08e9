"""The event log of a run: one Redis stream.

An entry's id is `generation-last number`, its fields the first number and the finished frames,
joined by line feeds, which JSON never holds raw. An entry is appended only where the log ends as
its writer knows it: so an owner that was replaced cannot write after its successor's first entry,
and a log that Redis lost, or lost the end of, never gets a hole.
"""

import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple, cast

from redis.exceptions import NoScriptError, ResponseError

from modules.backend.core.redis import Purpose, RedisStores
from modules.backend.services.chat.bells import run_bell
from modules.backend.services.chat.events import START, Cursor, Frame

LIVE_SECONDS = 4 * 3600
ENDED_SECONDS = 600
PAGE_ENTRIES = 16

StoredEntry = tuple[bytes, dict[bytes, bytes]]
_ALREADY_THERE = "equal or smaller than the target stream top item"
"""Redis's words when an id is not above the last one."""

# KEYS: the log. ARGV: where it should end (empty: nowhere, this begins it), the new id, the first
# number, the frames, and the log's lifetime in seconds (0 leaves it). Returns where it ends now.
# What an earlier generation left is replaced by a log that begins.
_APPEND = """
local ends = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
ends = ends[1] and ends[1][1] or ''
if ARGV[1] == '' and ends ~= '' then
  local function generation(id) return tonumber(string.match(id, '^(%d+)')) end
  if generation(ends) < generation(ARGV[2]) then
    redis.call('DEL', KEYS[1])
    ends = ''
  end
end
if ends == ARGV[1] then
  redis.call('XADD', KEYS[1], ARGV[2], 's', ARGV[3], 'f', ARGV[4])
  if ARGV[5] ~= '0' then redis.call('EXPIRE', KEYS[1], ARGV[5]) end
  ends = ARGV[2]
end
return ends
"""
_APPEND_SHA = hashlib.sha1(_APPEND.encode(), usedforsecurity=False).hexdigest()


class Entry(NamedTuple):
    """Frames to append where the log ends at `after`; START begins a log."""

    run_id: uuid.UUID
    after: Cursor
    frames: Sequence[Frame]

    @property
    def id(self) -> Cursor:
        return self.frames[-1].cursor


class Appended(NamedTuple):
    """Where the log ends now (START: it is not there), and whether somebody listens elsewhere."""

    end: Cursor
    is_heard: bool


class RunLog:
    def __init__(self, stores: RedisStores) -> None:
        self._redis = stores.client(Purpose.STATE)

    async def append(self, entries: Sequence[Entry]) -> list[Appended]:
        """Appends to many logs in one round trip and rings their bells.

        An entry whose log ends elsewhere is not appended: the answer says where. Appending the
        same again is safe. Raises what REDIS_AWAY names; nothing is then known of any entry.
        """
        try:
            results = await self._append(entries)
        except NoScriptError:
            await self._redis.script_load(_APPEND)
            results = await self._append(entries)
        ends, heard = results[::2], results[1::2]
        return [
            Appended(Cursor.parse(end.decode()) if end else START, bool(ears))
            for end, ears in zip(ends, heard, strict=True)
        ]

    async def read(self, run_id: uuid.UUID, after: Cursor) -> list[Frame]:
        """The next page of events after the cursor, of this and of later generations."""
        entries = await self._redis.xrange(
            log_key(run_id), min=f"({after}", max="+", count=PAGE_ENTRIES
        )
        page: list[Frame] = []
        for entry_id, fields in cast("list[StoredEntry]", entries):
            # A reader may hold the first part of an entry: it got it as it was said.
            page += [frame for frame in _frames(entry_id, fields) if frame.cursor > after]
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

    async def drop(self, run_id: uuid.UUID) -> None:
        """Removes the log, if there is one."""
        await self._redis.delete(log_key(run_id))

    async def read_all(self, run_id: uuid.UUID) -> AsyncIterator[Frame]:
        """Every event in the log, oldest first, withdrawn ones included."""
        after = START
        while page := await self.read(run_id, after):
            for frame in page:
                yield frame
            after = page[-1].cursor

    async def _append(self, entries: Sequence[Entry]) -> list[Any]:
        pipeline = self._redis.pipeline(transaction=False)
        for entry in entries:
            after = b"" if entry.after == START else str(entry.after).encode()
            frames = b"\n".join(frame.data for frame in entry.frames)
            first = entry.frames[0].cursor.seq
            arguments = (after, str(entry.id), first, frames, _lifetime(entry))
            pipeline.evalsha(_APPEND_SHA, 1, log_key(entry.run_id), *arguments)
            pipeline.publish(run_bell(entry.run_id), b"")
        results: list[Any] = await pipeline.execute(raise_on_error=False)
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results


def log_key(run_id: uuid.UUID) -> str:
    return RedisStores.key(Purpose.STATE, "log", run_id)


def _lifetime(entry: Entry) -> int:
    """Seconds to set when a log begins and when it ends; 0 in between."""
    if entry.frames[-1].is_terminal:
        return ENDED_SECONDS
    return LIVE_SECONDS if entry.after == START else 0


def _frames(entry_id: bytes, fields: dict[bytes, bytes]) -> list[Frame]:
    if not fields[b"f"]:
        return []  # a seal
    gen, first = Cursor.parse(entry_id.decode()).gen, int(fields[b"s"])
    return [Frame(Cursor(gen, first + i), data) for i, data in enumerate(fields[b"f"].split(b"\n"))]
