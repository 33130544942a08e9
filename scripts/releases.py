"""Packages that were released, kept where a rollback finds them without any pipeline's help.

`python -m scripts.releases keep --build ID --package icarus.zip`
"""

import argparse
from pathlib import Path

from scripts.az import Az
from scripts.deployment_log import last_good_build
from scripts.targets import RELEASES
from scripts.terminal import StepFailed, run, say

CONTAINER = "releases"


def keep(az: Az, build: str, package: Path) -> None:
    """Stores a package. One that is there already stays: a build's id names one content."""
    found = az(*_blob("exists", build), "--query", "exists")
    if found:
        return
    az(*_blob("upload", build), "--file", str(package), "--overwrite", "false")


def fetch(az: Az, build: str, folder: Path) -> Path:
    """Brings a kept package into the folder. Raises StepFailed if there is none."""
    package = folder / f"icarus-{build}.zip"
    az(*_blob("download", build), "--file", str(package))
    if not az.dry_run and not package.is_file():
        raise StepFailed(f"The package of build {build} is not among the kept releases.")
    return package


def previous(az: Az, environment: str, build: str, folder: Path) -> Path | None:
    """Brings the package that was deployed well before this build; None before the first."""
    good = last_good_build(az, environment, other_than=build)
    if good is None:
        say(f"no release was deployed to {environment} before {build}")
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return fetch(az, good, folder).rename(folder / "icarus.zip")


def _blob(action: str, build: str) -> tuple[str, ...]:
    account = ("--account-name", RELEASES, "--auth-mode", "login")
    where = ("--container-name", CONTAINER, "--name", f"{build}.zip")
    return ("storage", "blob", action, *account, *where)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("action", choices=["keep", "fetch", "previous"])
    parser.add_argument("--build", required=True)
    parser.add_argument("--package", type=Path, help="the zip to keep")
    parser.add_argument("--environment", default="prod", help="whose previous release is meant")
    parser.add_argument("--folder", type=Path, default=Path(), help="where a fetched one goes")
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    az = Az(dry_run=given.dry_run)
    if given.action == "keep" and given.package is None:
        parser.error("keep needs --package")

    def work() -> None:
        if given.action == "keep":
            keep(az, given.build, given.package)
        elif given.action == "previous":
            previous(az, given.environment, given.build, given.folder)
        else:
            fetch(az, given.build, given.folder)

    run(work)


if __name__ == "__main__":
    main()
