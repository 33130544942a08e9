"""The line before a deployment, as one process sees it.

One loop speaks for all tickets of the process: it tells Redis who came and who left, learns who has
a permit, and asks again while somebody waits. So hundreds of waiters cost a few commands a second
for each process, what a cancelled call leaves behind is cleared by the next step, and no step runs
into another. A loop lives only while there are tickets.

While Redis is away the process gives permits by itself, in the order of coming.
"""

import asyncio
import random
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextvars import Context
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from modules.backend.core.background import ended
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.line_script import LINE_KEYS, LINE_SCRIPT
from modules.backend.services.llm.shared import Away, SharedState, deployment_keys

ALIVE_SECONDS = 10.0
"""After so long without a step of its process a ticket is gone."""
BEAT_SECONDS = 2.0
POLL_SECONDS = 0.2
LONGEST_LINE = 1000
UNKNOWN = -1
"""Tokens of a call that nobody has counted: what was reserved stays."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a deployment takes from all processes together, and how long a call may wait."""

    concurrency: int
    tokens_per_minute: int
    queue_seconds: float
    longest_line: int = LONGEST_LINE


@dataclass(slots=True, eq=False)
class Ticket:
    id: str
    person: str
    tokens: int
    has_permit: bool = False
    is_refused: bool = False
    is_told: bool = False
    """Redis may know of it."""
    place: int | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_waiting(self) -> bool:
        return not self.has_permit and not self.is_refused


class Line:
    def __init__(self, shared: SharedState, deployment: str, limits: Limits) -> None:
        self._shared = shared
        self._limits = limits
        self._keys = deployment_keys(deployment, *LINE_KEYS)
        self._process = uuid.uuid4().hex[:12]
        self._numbers = count(1)
        self._tickets: dict[str, Ticket] = {}
        self._left: dict[str, int] = {}
        self._pause = 0.0
        self._news = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    def enter(self, person: str, tokens: int) -> Ticket:
        """A ticket, which must be given back with `leave`; an empty person waits behind others."""
        ticket = Ticket(f"{self._process}:{next(self._numbers)}", person, tokens)
        self._tickets[ticket.id] = ticket
        self._tell()
        return ticket

    async def turn(self, ticket: Ticket, on_wait: Callable[[int], None]) -> None:
        """Returns when the ticket has its permit; tells each new place in line, from 1.

        Raises `llm_busy` when the line is too long, or the wait was.
        """
        told: int | None = None
        try:
            async with asyncio.timeout(self._limits.queue_seconds):
                while ticket.is_waiting:
                    if ticket.place is not None and ticket.place != told:
                        told = ticket.place
                        on_wait(told)
                    await ticket.changed.wait()
                    ticket.changed.clear()
        except TimeoutError as error:
            raise Fault.LLM_CROWDED.error() from error
        if ticket.is_refused:
            raise Fault.LLM_CROWDED.error()

    def leave(self, ticket: Ticket, tokens: int = UNKNOWN) -> None:
        """Gives the ticket back, with its permit; `tokens` is what the call really took.

        Nothing is awaited: it works for a call that is being cancelled.
        """
        del self._tickets[ticket.id]
        if ticket.is_told:
            self._left[ticket.id] = tokens
        self._tell()

    def pause(self, seconds: float) -> None:
        """Keeps all processes from starting calls for a while."""
        self._pause = max(self._pause, seconds)
        self._tell()

    async def close(self) -> None:
        """Ends the loop, which still tells who left; tickets that are out vanish by themselves."""
        if self._loop is None:
            return
        if self._tickets:
            await ended(self._loop)
        await asyncio.gather(self._loop, return_exceptions=True)

    def _tell(self) -> None:
        self._news.set()
        if self._loop is None or self._loop.done():
            # A context of its own: it serves everybody, not the call that happened to start it.
            self._loop = asyncio.create_task(self._serve(), name="llm line", context=Context())

    async def _serve(self) -> None:
        while self._tickets or self._left:
            self._news.clear()
            await self._step()
            if self._tickets and not self._news.is_set():
                await self._wait_for_news()

    async def _wait_for_news(self) -> None:
        is_queue = any(ticket.is_waiting for ticket in self._tickets.values())
        seconds = (POLL_SECONDS if is_queue else BEAT_SECONDS) * random.uniform(0.75, 1.25)  # noqa: S311  # spreads load
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            pass  # time for the next step

    async def _step(self) -> None:
        try:
            granted, waiting, refused = await self._shared.run(
                LINE_SCRIPT, self._keys, self._changes()
            )
        except Away:
            self._go_on_alone()
        else:
            places = dict(zip(waiting[::2], waiting[1::2], strict=True))
            self._take(_ids(granted), {_id(raw): at for raw, at in places.items()}, _ids(refused))

    def _changes(self) -> Mapping[str, Any]:
        """What Redis does not know yet. It counts as told, whatever becomes of the step."""
        new = [ticket for ticket in self._tickets.values() if not ticket.is_told]
        for ticket in new:
            ticket.is_told = True
        left, self._left = self._left, {}
        pause, self._pause = self._pause, 0.0
        return {
            "process": self._process,
            "alive": round(ALIVE_SECONDS * 1000),
            "concurrency": self._limits.concurrency,
            "tokens_per_minute": self._limits.tokens_per_minute,
            "longest_line": self._limits.longest_line,
            "pause": round(pause * 1000),
            "left": [{"id": key, "tokens": tokens} for key, tokens in left.items()],
            "new": [_as_new(ticket) for ticket in new],
        }

    def _take(self, granted: set[str], places: Mapping[str, int], refused: set[str]) -> None:
        for ticket in self._tickets.values():
            if ticket.id in granted:
                ticket.has_permit = True
            elif ticket.id in refused:
                ticket.is_refused = True
            elif ticket.id in places:
                ticket.place = places[ticket.id]
            elif ticket.is_told and not ticket.is_refused:
                # Redis was emptied, or believed this process dead: it is told again.
                ticket.is_told = False
                self._news.set()
            ticket.changed.set()
        for stray in (granted | places.keys()) - self._tickets.keys() - self._left.keys():
            self._left[stray] = UNKNOWN
            self._news.set()

    def _go_on_alone(self) -> None:
        """Gives permits without Redis. What Redis knew it is told again when it is back."""
        self._left.clear()
        free = self._limits.concurrency
        free -= sum(ticket.has_permit for ticket in self._tickets.values())
        place = 0
        for ticket in self._tickets.values():
            ticket.is_told = False
            if not ticket.is_waiting:
                continue
            if free > 0:
                ticket.has_permit, free = True, free - 1
            else:
                place += 1
                ticket.place = place
                ticket.is_refused = place > self._limits.longest_line
            ticket.changed.set()


def _as_new(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "person": ticket.person,
        "tokens": ticket.tokens,
        "has_permit": ticket.has_permit,
    }


def _id(raw: bytes) -> str:
    return raw.decode()


def _ids(raw: Iterable[bytes]) -> set[str]:
    return {_id(key) for key in raw}
