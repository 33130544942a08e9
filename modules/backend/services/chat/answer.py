"""The answer in the making: what the model says and does becomes the run's events."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import StringIO
from typing import Protocol

from modules.backend.core.errors import AppError
from modules.backend.core.instruments import RUN_FIRST_TEXT
from modules.backend.services.chat.acceptance import AcceptedRun
from modules.backend.services.chat.events import (
    Event,
    text_content,
    text_end,
    text_start,
    tool_call,
    tool_result,
    waiting,
)
from modules.backend.services.chat.live import LiveRun
from modules.backend.services.chat.steps import Step
from modules.backend.services.llm.cost_tracker import CHAT, Account, Bill

MAX_RUN_BYTES = 8_000_000
"""How much one run may put into its log."""


class Wake(Protocol):
    def __call__(self, run: LiveRun) -> None:
        """The run has something to log."""
        ...


def _always() -> bool:
    return True


class Answer:
    """What a run has made so far. It stands whatever happens to the task that makes it."""

    def __init__(
        self,
        run: AcceptedRun,
        live: LiveRun,
        wake: Wake,
        is_owned: Callable[[], bool] = _always,
    ) -> None:
        """`is_owned` tells whether the run may still be gone on with here."""
        self.run = run
        self.live = live
        self.account = Account(Bill(run.run_id, run.thread_id, run.person_id, CHAT, run.fence))
        self.steps: list[Step] = []
        self.fence_held = asyncio.Lock()
        """Held by whoever writes to PostgreSQL under the run's fence, which must not rise then."""
        self._wake = wake
        self._is_owned = is_owned
        self._text = StringIO()  # a list of every delta would take ten times the room
        self._open = False
        self._begun: dict[str, list[Event]] = {}
        """The events of the calls that are not back yet."""
        self._began_at = time.monotonic()

    @property
    def text(self) -> str:
        return self._text.getvalue()

    def say(self, delta: str) -> None:
        """Adds text. Raises AppError `answer_too_long` past the cap."""
        self._check_owned()
        if not self._open:
            self.live.append(text_start(self.run.answer_id))
            self._open = True
            RUN_FIRST_TEXT.record(time.monotonic() - self._began_at)
        self._text.write(delta)
        self.live.append(text_content(self.run.answer_id, delta))
        self._grown()

    def begin_step(self, step_id: str, name: str, title: str, arguments: str) -> None:
        """A tool is at work for the answer. Raises AppError `answer_too_long` past the cap."""
        self._check_owned()
        events = tool_call(step_id, name, title, arguments, self.run.answer_id)
        self._begun[step_id] = events
        for event in events:
            self.live.append(event)
        self._grown()

    def end_step(self, step: Step) -> None:
        """The tool came back. Raises AppError `answer_too_long` past the cap."""
        self._check_owned()
        self.steps.append(step)
        self._begun.pop(step.id, None)
        self.live.append(_result(step))
        self._grown()

    def wait(self, position: int) -> None:
        """Tells the person their place in line, from 1."""
        self.live.append(waiting(position))
        self._wake(self.live)

    def _check_owned(self) -> None:
        """A process that slept past its lease must not deliver what it wakes up with."""
        if not self._is_owned():
            raise asyncio.CancelledError

    def _grown(self) -> None:
        self._wake(self.live)
        if self.live.bytes > MAX_RUN_BYTES:
            raise AppError("answer_too_long", "The answer became too long and was stopped here.")

    def begin_again(self, fence: int, base: Sequence[Event]) -> None:
        """Goes on as that generation, whose log begins with the base and all that was said."""
        self.account.bill = replace(self.account.bill, generation=fence)
        self.live.begin_again(fence, [*base, *self._so_far()])
        self._wake(self.live)

    def _so_far(self) -> list[Event]:
        answer_id = self.run.answer_id
        events: list[Event] = []
        text = self.text
        if text:
            events += [text_start(answer_id), text_content(answer_id, text)]
        for step in self.steps:
            events += tool_call(step.id, step.name, step.title, step.arguments, answer_id)
            events.append(_result(step))
        for begun in self._begun.values():
            events += begun
        if text and not self._open:
            events.append(text_end(answer_id))
        return events

    def close(self) -> None:
        """Closes what is open, so that the terminal event can follow."""
        if self._open:
            self.live.append(text_end(self.run.answer_id))
            self._open = False


def _result(step: Step) -> Event:
    outcome = step.outcome
    return tool_result(step.id, outcome.text, seconds=outcome.seconds, is_error=outcome.is_error)
