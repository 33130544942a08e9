"""The Azure CLI, which holds the sign-in of whoever runs a script."""

import json
import shlex
import subprocess
from typing import Any

from scripts.terminal import StepFailed, say

MINUTES_20 = 1200.0


class Az:
    """`az`, with its answers parsed.

    dry_run: commands are printed, none is run, and every answer is None
    """

    def __init__(self, *, dry_run: bool = False) -> None:
        self.dry_run = dry_run

    def __call__(self, *arguments: str, timeout: float = MINUTES_20) -> Any:
        """Runs one command; `timeout` in seconds. Raises StepFailed if it fails or hangs."""
        command = ["az", *arguments]
        if self.dry_run:
            say(f"would run: {shlex.join(command)}")
            return None
        return _parsed(_output([*command, "--output", "json"], timeout))

    def text(self, *arguments: str) -> str | None:
        """An answer that is one word, as `--output tsv` prints it."""
        answer = self(*arguments)
        return None if answer is None else str(answer)


def _output(command: list[str], timeout: float) -> str:
    # The name alone: an argument may be the address of a secret's file.
    name = " ".join(part for part in command[:5] if not part.startswith("-"))
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except FileNotFoundError:
        raise StepFailed("`az` was not found. Install the Azure CLI and sign in.") from None
    except subprocess.TimeoutExpired:
        raise StepFailed(f"`{name}` gave no answer in {timeout:.0f} s.") from None
    if done.returncode != 0:
        last = done.stderr.strip().splitlines() or ["it gave no reason"]
        raise StepFailed(f"`{name}` ended with {done.returncode}: {last[-1]}")
    return done.stdout


def _parsed(output: str) -> Any:
    try:
        return json.loads(output) if output.strip() else None
    except ValueError:
        return output.strip()
