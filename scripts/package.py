"""Builds the zip that App Service is given: `make package`.

The same input gives the same bytes, on any machine: files in a fixed order, with a fixed date and
fixed rights, stored as they are, because what compression makes of them depends on its version.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path("modules/frontend/dist")
BUILD_FILE = "build.env"
"""Read by the product as the environment is, which wins over it."""

RUNS = ("modules/__init__.py", "modules/backend", "alembic", "alembic.ini", "gunicorn.conf.py")
READ_BY_THE_PLATFORM = ("requirements.txt",)
WEBJOBS = Path("webjobs")
WEBJOBS_IN_THE_APP = "App_Data/jobs/continuous"
HOSTING_RULES = "staticwebapp.config.json"

BEGINNING_OF_ZIP = (1980, 1, 1, 0, 0, 0)


class NotPackaged(Exception):
    """Something that belongs into the zip is missing. The message says what to do."""


def package(root: Path, build: str, target: Path, *, webjobs: bool = False) -> str:
    """Writes the zip and returns its SHA-256 in hex. Raises NotPackaged.

    build: the build's id, which `/health` answers with
    webjobs: with the worker and the scheduler as continuous WebJobs, for low volumes
    """
    members = dict(_members(root, build, webjobs=webjobs))
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            archive.writestr(_entry(name), members[name])
    return hashlib.sha256(target.read_bytes()).hexdigest()


def build_of(root: Path) -> str:
    """The id of what is checked out: the commit, marked when files differ from it."""
    commit = _git(root, "rev-parse", "--short=12", "HEAD").strip()
    changed = _git(root, "status", "--porcelain", "--untracked-files=no").strip()
    return f"{commit}-changed" if changed else commit


def _members(root: Path, build: str, *, webjobs: bool) -> Iterator[tuple[str, bytes]]:
    for name in _tracked(root, *RUNS, *READ_BY_THE_PLATFORM):
        yield name, (root / name).read_bytes()
    yield BUILD_FILE, f"BUILD_ID={build}\n".encode()
    yield from _page(root)
    if webjobs:
        for name in _tracked(root, str(WEBJOBS)):
            inside = Path(name).relative_to(WEBJOBS).as_posix()
            yield f"{WEBJOBS_IN_THE_APP}/{inside}", (root / name).read_bytes()


def _tracked(root: Path, *paths: str) -> list[str]:
    """Files that git knows: nothing that lies about by chance gets in."""
    return [name for name in _git(root, "ls-files", "-z", "--", *paths).split("\0") if name]


def _page(root: Path) -> Iterator[tuple[str, bytes]]:
    """The built page, which dev and staging serve from here. Production leaves it alone."""
    if not (root / PAGE / "index.html").is_file():
        raise NotPackaged(f"{PAGE} is not built. Run `make package`, which builds it.")
    for path in sorted((root / PAGE).rglob("*")):
        if path.is_file() and path.name != HOSTING_RULES:
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, BEGINNING_OF_ZIP)
    entry.create_system = 3  # Unix, whose rights follow
    entry.external_attr = (0o100755 if name.endswith(".sh") else 0o100644) << 16
    return entry


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotPackaged("Packages are made from a git checkout, with git installed.") from error
    return done.stdout


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="make package ARGS=…", description=__doc__)
    parser.add_argument("--build", help="the build's id; BUILD_ID, or the commit, if left out")
    parser.add_argument("--output", type=Path, help="build/icarus-BUILD.zip if left out")
    parser.add_argument(
        "--webjobs", action="store_true", help="add worker and scheduler as WebJobs"
    )
    given = parser.parse_args(arguments)
    try:
        build = given.build or os.environ.get("BUILD_ID") or build_of(ROOT)
        target = given.output or ROOT / "build" / f"icarus-{build}.zip"
        digest = package(ROOT, build, target, webjobs=given.webjobs)
    except NotPackaged as error:
        sys.exit(str(error))
    print(f"{target}\nbuild {build}\nsha256 {digest}")


if __name__ == "__main__":
    main()
