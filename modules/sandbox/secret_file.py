"""Files that only their owner may read."""

import os
import secrets
from pathlib import Path


def write_private(path: Path, content: str) -> None:
    """Replaces the file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    unfinished.replace(path)


def read_or_create_secret(path: Path) -> str:
    """The secret in the file, which is made up on first use."""
    if not path.exists():
        write_private(path, secrets.token_hex(16))
    return path.read_text(encoding="utf-8")
