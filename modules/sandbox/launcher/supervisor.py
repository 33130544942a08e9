"""Keeps a set of child processes: starts them, notices when one ends, stops them in order."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from modules.sandbox.launcher import leftovers
from modules.sandbox.launcher.processes import Child, Command, LaunchError

WATCH_SECONDS = 0.2


class InterruptedByUserError(Exception):
    """Ctrl-C, SIGTERM or a closed terminal."""


class Supervisor:
    """The children in the order of their start. Leaving the block stops them, the last one first.

    A signal is only noted, and acted on between two steps: no child is started and then forgotten.
    A second signal while they stop ends all of them at once.
    """

    def __init__(self, *, logs: Path, register: Path) -> None:
        self._logs = logs
        self._register = register
        self._children: list[Child] = []
        self._interrupted = False

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        leftovers.end_leftovers(self._register)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._interrupted = True
        for child in reversed(self._children):
            child.stop()
        self._register.unlink(missing_ok=True)

    def start(self, command: Command) -> Child:
        """Raises `InterruptedByUserError` instead, when the user wants to stop."""
        self.check()
        return self.adopt(Child(command, self._logs / f"{command.name}.log"))

    def adopt(self, child: Child) -> Child:
        self._children.append(child)
        leftovers.record(self._register, self._children)
        return child

    def wait_until(self, child: Child, ready: Callable[[], bool], *, timeout: float) -> None:
        """Raises `LaunchError` when any child ends before, or the time is over."""

        def checked() -> bool:
            self.check()
            self._check_children()
            return ready()

        child.wait_until(checked, timeout=timeout)

    def run_to_end(self, child: Child, *, timeout: float) -> None:
        """Raises `LaunchError` when the child fails."""

        def ended() -> bool:
            self.check()
            return child.exit_code is not None

        child.wait_until(ended, timeout=timeout)
        self._children.remove(child)
        if child.exit_code != 0:
            raise LaunchError(child.account(f"failed with exit code {child.exit_code}"))

    def watch(self) -> None:
        """Returns never. Raises what ends the stack: a child's end or the user's wish."""
        while True:
            self.check()
            self._check_children()
            time.sleep(WATCH_SECONDS)

    def check(self) -> None:
        if self._interrupted:
            raise InterruptedByUserError

    def _check_children(self) -> None:
        for child in self._children:
            if child.exit_code is not None:
                raise LaunchError(child.account(f"ended with exit code {child.exit_code}"))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._interrupted:
            for child in self._children:
                child.signal_group(signal.SIGKILL)
        self._interrupted = True
