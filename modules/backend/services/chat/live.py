"""A run while this process generates it: what it has said, and who is listening here."""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum

from modules.backend.services.chat.events import START, Cursor, Event, Frame, stamp

MAX_WAITING_FRAMES = 500
"""A reader that is further behind than this goes over to reading the log."""


class Subscriber:
    """A reader's bounded queue. Overflow is its own affair: the run never waits for it."""

    def __init__(self, waiting: Iterable[Frame]) -> None:
        self._frames = deque(waiting)
        self._ready = asyncio.Event()
        self.closed = False

    def push(self, frame: Frame) -> None:
        if len(self._frames) >= MAX_WAITING_FRAMES:
            self._frames.clear()
            self.close()
        elif not self.closed:
            self._frames.append(frame)
            self._ready.set()

    def close(self) -> None:
        """Nothing more will come: what is missing stands in the log."""
        self.closed = True
        self._ready.set()

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """The frames as they come, until the subscriber is closed."""
        while True:
            while self._frames:
                yield self._frames.popleft()
            if self.closed:
                return
            self._ready.clear()
            await self._ready.wait()


class Trouble(Enum):
    """What can be wrong with a log."""

    LOST = "it is gone, behind, or out of reach"
    FENCED = "somebody else goes on with it"


class LiveRun:
    """The run's place, what the log does not have yet, and its subscribers.

    All of it happens on the event loop without an await in between, so a reader that has caught up
    with the log takes `unlogged` and subscribes in one step and misses nothing.
    """

    def __init__(
        self, run_id: uuid.UUID, fence: int, *, logged: Cursor, log_end: Cursor = START
    ) -> None:
        """`logged` is the place up to which the log holds the run, `log_end` its last entry's id:
        START if there is no log of this generation yet."""
        self.run_id = run_id
        self.fence = fence
        self.seq = logged.seq
        self.logged = logged
        self.log_end = log_end
        self.attempted: Cursor | None = None
        """The end of an append whose outcome is unclear."""
        self.behind_since: float | None = None
        """Since when, on the event loop's clock, nothing could be logged."""
        self.is_log_lost = False
        self.has_ended = False
        self.on_trouble: Callable[[Trouble], None] = _ignore
        self.unlogged: deque[Frame] = deque()
        self.bytes = 0
        self._subscribers: set[Subscriber] = set()

    @property
    def cursor(self) -> Cursor:
        """The place of the last event."""
        return Cursor(self.fence, self.seq)

    def append(self, event: Event) -> Frame:
        """Makes the next event of the run and delivers it to the subscribers here."""
        frame = stamp(event, self.run_id, Cursor(self.fence, self.seq + 1))
        self.append_stored(frame)
        return frame

    def append_stored(self, frame: Frame) -> None:
        """Delivers an event that has its place already."""
        self.seq = frame.cursor.seq
        self.bytes += len(frame.data)
        self.unlogged.append(frame)
        for subscriber in self._subscribers:
            subscriber.push(frame)

    def mark_logged(self, cursor: Cursor) -> None:
        """The log holds everything up to the cursor."""
        self.logged = self.log_end = cursor
        self.attempted = self.behind_since = None
        while self.unlogged and self.unlogged[0].cursor <= cursor:
            self.unlogged.popleft()

    def lose_log(self, trouble: "Trouble") -> None:
        """The log cannot be gone on with: told once for each generation."""
        if not self.is_log_lost:
            self.is_log_lost = True
            self.on_trouble(trouble)

    def begin_again(self, fence: int, events: Sequence[Event]) -> None:
        """Starts a new generation whose events say all that was said so far.

        Readers here find that what they hold is withdrawn.
        """
        self.fence, self.seq, self.bytes = fence, 0, 0
        self.logged, self.log_end = Cursor(fence, 0), START
        self.attempted = self.behind_since = None
        self.is_log_lost = False
        self.unlogged.clear()
        self.close()
        for event in events:
            self.append(event)

    def holds_after(self, cursor: Cursor) -> bool:
        """Whether all events after the cursor are still here, so that the log is not needed."""
        return cursor >= self.logged or self.logged.seq == 0

    @contextmanager
    def subscribed(self, after: Cursor) -> Iterator[Subscriber]:
        """A subscriber that begins right after the cursor, which `holds_after` must allow."""
        subscriber = Subscriber(f for f in self.unlogged if f.cursor > after)
        self._subscribers.add(subscriber)
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)

    def close(self) -> None:
        """The run is over here, and nobody finds it here any more."""
        for subscriber in self._subscribers:
            subscriber.close()


def _ignore(_trouble: Trouble) -> None:
    """Nobody makes the run yet."""
