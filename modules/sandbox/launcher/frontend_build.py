"""Builds the page, and only when something in it has changed.

`python -m modules.sandbox.launcher.frontend_build [page | packages]`
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from modules.sandbox.launcher.node import FRONTEND, node_environment
from modules.sandbox.launcher.processes import LaunchError

ROOT = FRONTEND.parents[1]
# Copied into the build from the root of the repository.
HOSTING_RULES = ROOT / "staticwebapp.config.json"
BUILD_STAMP = ROOT / ".state" / "page-built-from"
PACKAGES_STAMP = FRONTEND / "node_modules" / ".installed-from"
NO_SOURCES = frozenset({"node_modules", "dist", "coverage", "test-results"})


def is_built() -> bool:
    """Whether the build is there and of the sources as they are now."""
    return (
        (FRONTEND / "dist" / "index.html").exists()
        and BUILD_STAMP.exists()
        and BUILD_STAMP.read_text(encoding="utf-8") == _digest(sorted(_sources()))
    )


def build() -> None:
    """Installs the packages if their list has changed, and builds.

    Raises `LaunchError` when there is no Node.js and `CalledProcessError` when npm fails.
    """
    digest = _digest(sorted(_sources()))
    environment = node_environment()
    install_packages(environment)
    _npm("run", "build", environment=environment)
    if HOSTING_RULES.exists():
        shutil.copy(HOSTING_RULES, FRONTEND / "dist" / HOSTING_RULES.name)
    BUILD_STAMP.parent.mkdir(parents=True, exist_ok=True)
    BUILD_STAMP.write_text(digest, encoding="utf-8")


def install_packages(environment: dict[str, str]) -> None:
    """`npm ci`, unless what is installed is what the lock file says."""
    digest = _digest([FRONTEND / "package-lock.json"])
    if PACKAGES_STAMP.exists() and PACKAGES_STAMP.read_text(encoding="utf-8") == digest:
        return
    _npm("ci", "--no-audit", "--no-fund", environment=environment)
    PACKAGES_STAMP.write_text(digest, encoding="utf-8")


def _npm(*arguments: str, environment: dict[str, str]) -> None:
    npm = shutil.which("npm", path=environment["PATH"])
    assert npm is not None, "node_environment() promises it"
    subprocess.run([npm, *arguments], cwd=FRONTEND, env=environment, check=True)


def _sources() -> Iterator[Path]:
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = [name for name in folders if name not in NO_SOURCES]
        yield from (Path(folder) / name for name in files)
    if HOSTING_RULES.exists():
        yield HOSTING_RULES


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def main(target: str = "page") -> None:
    """Brings the page up to date, or with `packages` only what it is built from."""
    try:
        if target == "packages":
            install_packages(node_environment())
        elif not is_built():
            build()
    except (LaunchError, subprocess.CalledProcessError) as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main(*sys.argv[1:])
