"""One launcher per folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modules.sandbox.launcher.processes import LaunchError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the folder until the block ends. The system lets go of it when the process dies.

    Raises `LaunchError` when another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LaunchError(
                "Icarus is running in this folder already. Stop it first (Ctrl-C in its terminal)."
            ) from None
        yield
    finally:
        os.close(handle)
