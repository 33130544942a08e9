"""The broker class: taskiq's way to the queue, which survives outages and dead workers.

A worker says every few seconds which tasks it holds. What nobody has held for a while is taken over
by another one, so a task may take longer than the time after which a dead worker's are taken over.
"""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from taskiq import AckableMessage, AsyncBroker, BrokerMessage

from modules.backend.core.background import ended
from modules.backend.core.clock import Clock
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY
from modules.backend.services.jobs.overview import measure
from modules.backend.services.jobs.pulse import Pulse
from modules.backend.services.jobs.queue import Delivery, JobQueue
from modules.backend.services.jobs.settlement import Buried, Settlement, after_error
from modules.backend.tasks import figures
from modules.backend.tasks.jobs import LONGEST_SECONDS
from modules.backend.tasks.lifecycle import ATTEMPT, Lifecycle, attempt_of, execution

log = get_logger(__name__)

AGAIN_SECONDS = 1.0
UNKNOWN_ATTEMPTS = 6
DUE = "due"
"""The label of what a schedule sends: its due time, in seconds since the epoch."""
ONCE_SECONDS = "once_seconds"
"""The label of what is sent once within so many seconds for the same arguments."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. A task of a dead worker is taken over after `idle` and two `check`s at the most."""

    idle: float = 20.0
    check: float = 2.0
    wait: float = 1.0
    """How long one read waits. Shorter than the client waits for an answer."""
    grace: float = 15.0
    """What a process that ends leaves its running tasks before it hands them back."""
    tell: float = 10.0
    """How often the figures of the queue are told."""
    hold: float = LONGEST_SECONDS + 60
    """No delivery is held longer: its task has ended somehow without being settled."""


class UnknownTaskError(Exception):
    """No file here defines the task. A newer release may: it is tried again for some minutes."""


class TaskStream(AsyncBroker):
    def __init__(self, queue: JobQueue, clock: Clock, pace: Pace | None = None) -> None:
        super().__init__()
        self.queue = queue
        self.clock = clock
        self.pace = pace or Pace()
        self.worker = uuid.uuid4().hex
        self.pulse = Pulse(clock)
        self.lifecycle = Lifecycle()
        self.add_middlewares(self.lifecycle)
        self._held: dict[bytes, float] = {}
        self._unsettled: dict[bytes, Callable[[], Awaitable[None]]] = {}
        self._contact: float | None = None
        self._reclaimed = self._told = float("-inf")
        self._asked: float | None = None
        self._background: set[asyncio.Task[None]] = set()

    @property
    def held(self) -> int:
        return len(self._held)

    async def kick(self, message: BrokerMessage) -> None:
        """Sends it. Raises QueueFullError and what Redis raises."""
        data, labels = message.message, message.labels
        if DUE in labels:
            due = int(labels[DUE])
            sent = await self.queue.send_due(data, schedule=message.task_name, due=due)
            log.info("task.due", task=message.task_name, due=due, sent=sent)
        elif ONCE_SECONDS in labels:
            subject = self.formatter.loads(data).args[0]
            within = timedelta(seconds=int(labels[ONCE_SECONDS]))
            marker = f"{message.task_name}:{subject}"
            await self.queue.send_once(data, marker=marker, within=within)
        else:
            await self.queue.send(data)

    async def startup(self) -> None:
        """Begins to hold what is read. It waits for no store: Redis may come later."""
        await super().startup()
        if self.is_worker_process:
            self._start(self._keep())

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Messages for ever; while Redis is away, none. Ends when the process is to end."""
        joined = False
        try:
            while True:
                self._asked = self.clock.monotonic()
                try:
                    if not joined:
                        await self.queue.join()
                        joined = True
                    delivery = await self._next()
                except REDIS_AWAY as error:
                    log.warning("tasks.redis_away", error=type(error).__name__)
                    joined = False  # the group goes with a Redis that lost its data
                    await asyncio.sleep(AGAIN_SECONDS)
                    continue
                if delivery is not None:
                    self._held[delivery.id] = self.clock.monotonic()
                    self._asked = None
                    yield AckableMessage(data=delivery.data, ack=partial(self._end, delivery))
        finally:
            self._asked = None
            self._start(self._hand_back_after_grace())

    async def _next(self) -> Delivery | None:
        """What a dead worker left behind, else what is new, else nothing after a while."""
        if self._may_reclaim():
            idle = timedelta(seconds=self.pace.idle)
            left_behind = await self.queue.reclaim(self.worker, idle=idle)
            if left_behind is not None:
                log.warning("task.reclaimed", entry=left_behind.id.decode())
                return left_behind
            self._reclaimed = self.clock.monotonic()
        return await self.queue.read(self.worker, wait=timedelta(seconds=self.pace.wait))

    def _may_reclaim(self) -> bool:
        """Not at once when Redis comes back: those that live must be able to say so first."""
        now = self.clock.monotonic()
        in_contact = self._contact is not None and now - self._contact >= self.pace.idle
        return in_contact and now - self._reclaimed >= self.pace.check

    async def _end(self, delivery: Delivery) -> None:
        """The library calls it when it is done with a delivery, whatever came of it."""
        settlement, data = self._judge(delivery)
        settle = partial(
            self.queue.settle,
            self.worker,
            delivery,
            settlement,
            data=data,
            now=self.clock.now(),
        )
        try:
            await settle()
        except REDIS_AWAY as error:
            log.warning("task.not_settled", error=type(error).__name__)
            self._unsettled[delivery.id] = settle
            return
        self._held.pop(delivery.id, None)

    def _judge(self, delivery: Delivery) -> tuple[Settlement, bytes]:
        """How the delivery ended, and what goes on instead of it."""
        now = execution.get()
        try:
            message = self.formatter.loads(delivery.data)
        except Exception as error:  # whatever it is, it is none of our messages and never will be
            log.error("task.unreadable", entry=delivery.id.decode(), error=type(error).__name__)
            return Buried("unreadable", "unreadable"), delivery.data
        attempt = attempt_of(message)
        if now is not None:
            settlement = now.settlement
        else:
            settlement = after_error(
                message.task_name, UnknownTaskError(), attempt=attempt, attempts=UNKNOWN_ATTEMPTS
            )
            log.warning("task.unknown", task=message.task_name, outcome=settlement.outcome)
        # A dead letter that is sent again has all its attempts.
        message.labels[ATTEMPT] = 1 if isinstance(settlement, Buried) else attempt + 1
        return settlement, self.formatter.dumps(message).message

    async def _keep(self) -> None:
        """Until the process ends: what this worker has to say to Redis, again and again."""
        while True:
            try:
                await self._settle_what_waits()
                await self._hold()
                await self.queue.promote()
                await self._tell_figures()
                if self._contact is None:
                    self._contact = self.clock.monotonic()
            except REDIS_AWAY as error:
                self._contact = None
                log.warning("tasks.not_held", held=self.held, error=type(error).__name__)
            if not self._is_deaf():
                self.pulse.beat()
            await asyncio.sleep(self.pace.check)

    async def _settle_what_waits(self) -> None:
        """What ended while Redis was away."""
        for entry, settle in list(self._unsettled.items()):
            await settle()
            self._unsettled.pop(entry, None)
            self._held.pop(entry, None)

    async def _hold(self) -> None:
        limit = self.clock.monotonic() - self.pace.hold
        for entry in [entry for entry, since in self._held.items() if since < limit]:
            log.error("task.held_too_long", entry=entry.decode())
            self._held.pop(entry)
        await self.queue.hold(self.worker, list(self._held))

    async def _tell_figures(self) -> None:
        now = self.clock.monotonic()
        if now - self._told >= self.pace.tell:
            self._told = now
            figures.tell(await measure(self.queue, self.clock))

    def _is_deaf(self) -> bool:
        """Whether it was asked for a message and has not come round since."""
        asked = self._asked
        return asked is not None and self.clock.monotonic() - asked > 10 * self.pace.wait

    async def _hand_back_after_grace(self) -> None:
        await asyncio.sleep(self.pace.grace)
        for task in list(self.lifecycle.running):
            task.cancel()

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def shutdown(self) -> None:
        """Hands back what still runs, if Redis can be told, and forgets this worker."""
        await ended(*self._background)
        if self.is_worker_process:
            try:
                await self._settle_what_waits()
                await self.queue.hand_back_all(self.worker)
                await self.queue.leave(self.worker)
            except REDIS_AWAY as error:
                log.warning("tasks.not_handed_back", error=type(error).__name__)
        await super().shutdown()
