"""Going on with a run whose process died: its log is sealed, what it left open is closed.

The new generation sends the conversation without the unfinished text and then starts a message of
its own, so text of two attempts is never mixed. Where there is no log to go on from, it begins one
with a base: readers see a later generation that withdraws everything.
"""

from modules.backend.core.redis import REDIS_AWAY
from modules.backend.services.chat.acceptance import AcceptedRun
from modules.backend.services.chat.events import (
    START,
    Cursor,
    messages_snapshot,
    run_started,
    text_end,
    tool_call_end,
)
from modules.backend.services.chat.live import LiveRun
from modules.backend.services.chat.log import RunLog
from modules.backend.services.chat.readers import Readers
from modules.backend.services.chat.tail import Tail


class Takeover:
    def __init__(self, run_log: RunLog, readers: Readers) -> None:
        self._log = run_log
        self._readers = readers

    async def prepare(self, run: AcceptedRun) -> LiveRun:
        """The run ready for its next message. Raises Unavailable if PostgreSQL is away."""
        history = await self._readers.history(run.thread_id, run.question_id)
        tail = await self._tail(run)
        live = LiveRun(
            run.run_id,
            run.fence,
            logged=Cursor(run.fence, tail.last.seq),
            log_end=START if tail.last == START else Cursor(run.fence, 0),
        )
        if tail.last == START:
            live.append(run_started(run.thread_id, run.run_id))
        for call_id in tail.open_calls:
            live.append(tool_call_end(call_id))
        if tail.open_message is not None:
            live.append(text_end(tail.open_message))
        live.append(messages_snapshot(history))
        return live

    async def _tail(self, run: AcceptedRun) -> Tail:
        """Where the sealed log ends and what it holds open."""
        tail = Tail()
        try:
            if await self._log.seal(run.run_id, run.fence):
                async for frame in self._log.read_all(run.run_id):
                    tail.see(frame)
        except REDIS_AWAY:
            return Tail()
        return tail
