"""Puts a package where it runs: the slot, the web application, worker, scheduler, page.

`python -m scripts.deploy --environment prod --package icarus.zip --to slot`
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Literal, get_args

from scripts.az import Az
from scripts.page import unpack_page
from scripts.targets import SLOT, TARGETS, Target
from scripts.terminal import StepFailed, run, say
from scripts.web import Site

Part = Literal["slot", "web", "worker", "scheduler", "page"]
SWA_CLI = "@azure/static-web-apps-cli@2.0.10"
PAGE_SECONDS = 600


def deploy(az: Az, target: Target, package: Path, part: Part) -> None:
    """Deploys one part and waits until the platform says that it has started.

    Raises StepFailed when it does not build, does not start, or the environment has no such part.
    """
    say(f"deploying {package.name} to {part} of {target.environment}")
    if part == "page":
        _deploy_page(az, target, package)
        return
    if part == "slot" and not target.with_slot:
        raise StepFailed(f"{target.environment} has no staging slot.")
    # The platform builds the environment from requirements.txt; the command waits for the start.
    az(
        *("webapp", "deploy", *_app(target, part), "--src-path", str(package)),
        *("--type", "zip", "--clean", "true", "--track-status", "true"),
    )


def host_of(az: Az, target: Target, *, slot: bool = False) -> str:
    """The host name that Azure gave the web application; it may carry more than its name."""
    where = _app(target, "slot" if slot else "web")
    return az.text("webapp", "show", *where, "--query", "defaultHostName") or "HOST"


def site_of(az: Az, target: Target, *, slot: bool = False) -> Site:
    url = f"https://{host_of(az, target, slot=slot)}"
    return Site(url, origin=url)


def _app(target: Target, part: Part) -> tuple[str, ...]:
    names = {"worker": target.worker, "scheduler": target.scheduler}
    where = ("--resource-group", target.resource_group, "--name", names.get(part, target.web))
    return (*where, "--slot", SLOT) if part == "slot" else where


def _deploy_page(az: Az, target: Target, package: Path) -> None:
    if not target.with_page:
        raise StepFailed(f"{target.environment} serves its page from the web application.")
    token = az.text(
        *("staticwebapp", "secrets", "list", "--resource-group", target.resource_group),
        *("--name", target.page, "--query", "properties.apiKey"),
    )
    api_host = target.api_host or host_of(az, target)
    if token is None:
        say(f"would publish the page to {target.page}, for the API at {api_host}")
        return
    with tempfile.TemporaryDirectory() as folder:
        config = site_of(az, target).read("/config.json")
        unpack_page(package, Path(folder), api_host=api_host, config=config)
        _publish(Path(folder), token)


def _publish(folder: Path, token: str) -> None:
    """The token is the tool's environment: an argument could be read by every process."""
    command = ["npx", "--yes", SWA_CLI, "deploy", str(folder), "--env", "production"]
    environment = os.environ | {"SWA_CLI_DEPLOYMENT_TOKEN": token}
    done = subprocess.run(command, env=environment, timeout=PAGE_SECONDS, check=False)
    if done.returncode != 0:
        raise StepFailed("The page was not published. The lines above say why.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--environment", choices=sorted(TARGETS), required=True)
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--to", choices=get_args(Part), nargs="+", required=True)
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    az = Az(dry_run=given.dry_run)

    def work() -> None:
        for part in given.to:
            deploy(az, TARGETS[given.environment], given.package, part)

    run(work)


if __name__ == "__main__":
    main()
