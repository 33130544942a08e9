"""Reading a run from any process: from the log, from this process's memory, from PostgreSQL.

A reader holds a cursor and asks for what comes after it. While the run is generated here and the
log has caught up, events come from memory as they are made. Otherwise they come from the log, in
pages, with the run's bell to say when there is more. When the log is gone they come from the
conversation in PostgreSQL.
"""

import asyncio
import itertools
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing

import orjson

from modules.backend.core.database import Database
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY
from modules.backend.models import Message, Run
from modules.backend.repositories import messages, runs
from modules.backend.services.chat.bells import Bells, run_bell
from modules.backend.services.chat.ending import terminal_frame
from modules.backend.services.chat.events import (
    Cursor,
    Event,
    Frame,
    messages_snapshot,
    run_started,
    stamp,
)
from modules.backend.services.chat.live import LiveRun
from modules.backend.services.chat.log import Entry, RunLog
from modules.backend.services.chat.steps import call_of, result_of

log = get_logger(__name__)

LOOK_SECONDS = 3.0
"""How long a silent run is believed to go on without a look at PostgreSQL."""
SNAPSHOT_MESSAGES = 200


class Reset(Exception):
    """The run begins again from its first event: its reader drops what it holds and attaches
    from the start."""


class _NothingMore(Exception):
    """There is no event after the reader's place, and there will be none."""


class Readers:
    def __init__(
        self, database: Database, run_log: RunLog, bells: Bells, live: dict[uuid.UUID, LiveRun]
    ) -> None:
        self._database = database
        self._log = run_log
        self._bells = bells
        self._live = live

    async def follow(self, run_id: uuid.UUID, after: Cursor) -> AsyncGenerator[Frame, None]:
        """The events of the run after the cursor, then those to come, to the terminal one.

        Ends early only when the run is deleted. Closing the iterator changes nothing for the run.
        Raises Reset when all that it has yielded is withdrawn.
        """
        began = False
        for source in itertools.cycle((self._from_here, self._from_elsewhere)):
            async with aclosing(source(run_id, after)) as events:
                try:
                    async for frame in events:
                        if began and frame.cursor.seq == 1:
                            raise Reset
                        began, after = True, frame.cursor
                        yield frame
                        if frame.is_terminal:
                            return
                except _NothingMore:
                    return

    async def _from_here(self, run_id: uuid.UUID, after: Cursor) -> AsyncGenerator[Frame, None]:
        """Events as this process makes them, for as long as it does and the reader keeps up."""
        while (run := self._live.get(run_id)) is not None:
            if not run.holds_after(after):
                page = await self._page(run_id, after)
                for frame in page:
                    after = frame.cursor
                    yield frame
                if not page and self._live.get(run_id) is run:
                    return  # the log does not have what it should
                continue
            with run.subscribed(after) as subscriber:
                async for frame in subscriber.frames():
                    after = frame.cursor
                    yield frame

    async def _from_elsewhere(
        self, run_id: uuid.UUID, after: Cursor
    ) -> AsyncGenerator[Frame, None]:
        """Events from the log as it grows, in the end from the conversation.

        Ends when the reader can be served here. Raises _NothingMore.
        """
        bell = asyncio.Event()
        patience = 0.0  # a run of which the log has nothing may have ended long ago
        async with self._bells.listening(run_bell(run_id), lambda _: bell.set()):
            while True:
                bell.clear()
                while page := await self._page(run_id, after):
                    patience = LOOK_SECONDS
                    for frame in page:
                        after = frame.cursor
                        yield frame
                if not await _rings(bell, patience):
                    rest = await self._rest_of_ended(run_id, after)
                    for frame in rest or ():
                        yield frame
                    if rest is not None:
                        raise _NothingMore
                    if self._is_held_here(run_id, after):
                        return
                patience = LOOK_SECONDS

    def _is_held_here(self, run_id: uuid.UUID, after: Cursor) -> bool:
        """Whether this process can serve the reader from memory, as while Redis is away."""
        run = self._live.get(run_id)
        return run is not None and run.holds_after(after)

    async def _page(self, run_id: uuid.UUID, after: Cursor) -> list[Frame]:
        try:
            return await self._log.read(run_id, after)
        except REDIS_AWAY as error:
            log.warning("log.not_read", run_id=str(run_id), error=type(error).__name__)
            return []

    async def _rest_of_ended(self, run_id: uuid.UUID, after: Cursor) -> list[Frame] | None:
        """What is missing of a run that has ended; None while it has not, or the log has more.

        If only the terminal event is missing from the log, whoever finds that adds it there: the
        owner may have died between its commit and the log.
        """
        async with self._database.read() as session:
            run = await runs.get(session, run_id)
        if run is None:
            return []
        if run.terminal is None or await self._page(run_id, after):
            # The log is complete before the row says so: it may have grown since it was read.
            return None
        terminal = terminal_frame(run.terminal)
        if after >= terminal.cursor:
            return []
        if after == terminal.cursor._replace(seq=terminal.cursor.seq - 1):
            await self._add_to_log(run_id, after, terminal)
            return [terminal]
        await self._drop(run_id)
        return await self._from_conversation(run, terminal)

    async def _drop(self, run_id: uuid.UUID) -> None:
        """Removes a log that will never be whole: who starts over must not be led into it."""
        try:
            await self._log.drop(run_id)
        except REDIS_AWAY as error:
            log.warning("log.not_dropped", run_id=str(run_id), error=type(error).__name__)

    async def _add_to_log(self, run_id: uuid.UUID, after: Cursor, terminal: Frame) -> None:
        try:
            await self._log.append([Entry(run_id, after, [terminal])])
        except REDIS_AWAY as error:
            log.warning("log.not_repaired", run_id=str(run_id), error=type(error).__name__)

    async def _from_conversation(self, run: Run, terminal: Frame) -> list[Frame]:
        """The run as a later generation: whatever the reader held of it is withdrawn."""
        generation = terminal.cursor.gen + 1
        events = [
            run_started(run.conversation_id, run.id),
            messages_snapshot(await self.history(run.conversation_id, run.answer_id)),
            orjson.loads(terminal.data),
        ]
        return [
            stamp(event, run.id, Cursor(generation, n)) for n, event in enumerate(events, start=1)
        ]

    async def history(self, conversation_id: uuid.UUID, upto: str) -> list[Event]:
        """The conversation up to and with a message, as the protocol's messages."""
        async with self._database.read() as session:
            found = await messages.latest(
                session, conversation_id, upto=upto, limit=SNAPSHOT_MESSAGES
            )
        return [said for message in found for said in as_protocol_messages(message)]


async def _rings(bell: asyncio.Event, patience: float) -> bool:
    """Whether the bell rings within that many seconds."""
    try:
        async with asyncio.timeout(patience):
            await bell.wait()
    except TimeoutError:
        return False
    return True


def as_protocol_messages(message: Message) -> list[Event]:
    """The message, and what the tools of an answer brought behind it."""
    said: Event = {"id": message.id, "role": message.role, "content": message.content}
    if not message.steps:
        return [said]
    said["toolCalls"] = [call_of(step) for step in message.steps]
    return [said, *(result_of(step) for step in message.steps)]
