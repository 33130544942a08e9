"""How the scripts speak: a line for each thing done, and one reason when they stop."""

import sys
from collections.abc import Callable


class StepFailed(Exception):
    """A step did not succeed. The message names the fault and what to do."""


def say(line: str) -> None:
    print(line, flush=True)


def run(work: Callable[[], None]) -> None:
    """Runs to the end; a failed step becomes one line and exit code 1."""
    try:
        work()
    except StepFailed as failure:
        sys.exit(f"failed: {failure}")
