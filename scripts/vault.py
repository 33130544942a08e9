"""Secrets and their versions in a Key Vault. A value is never an argument of a command."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.az import Az
from scripts.terminal import say

CYCLE = timedelta(days=90)


class Vault:
    def __init__(self, az: Az, name: str) -> None:
        self._az = az
        self.name = name

    def read(self, secret: str) -> str | None:
        """The current value; the pipeline's log shows stars for it."""
        value = self._az.text(*self._about("show", secret), "--query", "value")
        if value and "TF_BUILD" in os.environ:
            say(f"##vso[task.setsecret]{value}")
        return value

    def expires(self, secret: str) -> datetime | None:
        """When the current version does; None for one that never does."""
        moment = self._az.text(*self._about("show", secret), "--query", "attributes.expires")
        return datetime.fromisoformat(moment) if moment else None

    def add_version(self, secret: str, value: str) -> None:
        """Makes it the current value, for one cycle. The versions before it stay enabled."""
        expires = (datetime.now(UTC) + CYCLE).strftime("%Y-%m-%dT%H:%M:%SZ")
        with _file_of(value) as path:
            self._az(
                *self._about("set", secret),
                *("--file", path, "--encoding", "utf-8", "--expires", expires, "--query", "id"),
            )

    def disable_old_versions(self, secret: str) -> int:
        """Disables every version but the newest; returns how many."""
        listed: list[dict[str, Any]] = self._az(*self._about("list-versions", secret)) or []
        listed.sort(key=lambda version: version["attributes"]["created"])
        old = [version for version in listed[:-1] if version["attributes"]["enabled"]]
        for version in old:
            self._az(
                *("keyvault", "secret", "set-attributes", "--id", version["id"]),
                *("--enabled", "false"),
            )
        return len(old)

    def _about(self, action: str, secret: str) -> tuple[str, ...]:
        where = ("--vault-name", self.name, "--name", secret)
        return ("keyvault", "secret", action, *where)


@contextmanager
def _file_of(value: str) -> Iterator[str]:
    """A file that only we can read, gone afterwards. Arguments can be read by every process."""
    handle, path = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(value)
        yield path
    finally:
        os.unlink(path)
