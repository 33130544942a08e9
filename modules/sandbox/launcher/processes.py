"""Starting, watching and stopping child processes."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modules.sandbox.launcher.tether import tethered

POLL_SECONDS = 0.05
TAIL_LINES = 25


class LaunchError(Exception):
    """Something did not start or did not stay up. The message is for the person at the terminal."""


@dataclass(frozen=True)
class Command:
    """What to run and how to stop it.

    prefix: a program that runs this one in other circumstances, such as a user namespace
    deadline: seconds from the stop signal to SIGKILL
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    prefix: Sequence[str] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    deadline: float = 10.0


class Child:
    """A running command. It has its own process group, so that Ctrl-C reaches only the launcher."""

    def __init__(self, command: Command, log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.command = command
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [*command.prefix, *tethered(command.stop_signal, list(command.argv))],
                env=command.env,
                cwd=command.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def name(self) -> str:
        return self.command.name

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None as long as it runs."""
        return self._process.poll()

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises `subprocess.TimeoutExpired`."""
        return self._process.wait(timeout)

    def kill(self) -> None:
        """Ends the whole group at once, as a crash would."""
        self.signal_group(signal.SIGKILL)
        self._process.wait()

    def signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            # Nobody left; macOS says "not permitted" of a group that holds only a dead process.
            pass

    def stop(self) -> None:
        """Asks it to stop, waits until the deadline, and ends whatever is left of its group."""
        if self.exit_code is None:
            self._process.send_signal(self.command.stop_signal)
            try:
                self._process.wait(self.command.deadline)
            except subprocess.TimeoutExpired:
                pass
        self.kill()

    def wait_until(self, ready: Callable[[], bool], *, timeout: float) -> None:
        """Raises `LaunchError` when the process ends or the time is over before `ready()` holds."""
        deadline = time.monotonic() + timeout
        while not ready():
            if self.exit_code is not None:
                raise LaunchError(self.account(f"ended with exit code {self.exit_code}"))
            if time.monotonic() > deadline:
                raise LaunchError(self.account(f"was not ready after {timeout:.0f} s"))
            time.sleep(POLL_SECONDS)

    def account(self, what_happened: str) -> str:
        """What to tell a person: the event, the end of the log, and where the rest of it is."""
        return f"{self.name} {what_happened}.\n{tail(self.log)}\nThe whole log: {self.log}"


def tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"  | {line}" for line in lines[-TAIL_LINES:])
