"""Processes that an earlier launcher could not stop, because it was killed itself."""

import json
import os
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it carries no types

from modules.sandbox.launcher.processes import Child

PATIENCE_SECONDS = 10


def record(path: Path, children: Iterable[Child]) -> None:
    """Writes down what runs.

    The time of its start tells a process from a later one with the same number.
    """
    running = [
        {"pid": child.pid, "started": psutil.Process(child.pid).create_time()}
        for child in children
        if child.exit_code is None
    ]
    path.write_text(json.dumps(running), encoding="utf-8")


def end_leftovers(path: Path) -> None:
    """Ends what was written down and still runs, and forgets it."""
    if not path.exists():
        return
    processes = [
        process
        for entry in json.loads(path.read_text(encoding="utf-8"))
        if (process := _still_running(entry["pid"], entry["started"]))
    ]
    for process in processes:
        # An interrupt is a prompt and orderly end for every program of the stack.
        _signal(process.pid, signal.SIGINT)
    _, stubborn = psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)
    for process in stubborn:
        _signal(-process.pid, signal.SIGKILL)
    path.unlink()


def _still_running(pid: int, started: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        return process if process.create_time() == started else None
    except psutil.NoSuchProcess:
        return None


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
