"""Back to the build before: web application, worker, scheduler and page together.

`python -m scripts.rollback --environment prod --build THE_BAD_ONE`

It may be run at any point of a deployment, and again: what is back already is left alone.
"""

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from scripts import deployment_log
from scripts.az import Az
from scripts.deploy import Part, deploy, site_of
from scripts.releases import fetch
from scripts.swap import START_SECONDS, switch
from scripts.targets import TARGETS, Target
from scripts.terminal import StepFailed, run, say


def roll_back(
    az: Az, target: Target, build: str, *, to: str | None = None, patience: float = START_SECONDS
) -> None:
    """Takes `build` off production. `to` is the last one that was deployed well, if left out.

    The database stays: every migration lets the release before it run on (docs/migrations.md).
    One part that does not come back does not keep the others from it. Raises StepFailed with
    everything that failed.
    """
    good = to or deployment_log.last_good_build(az, target.environment, other_than=build)
    if good is None and not az.dry_run:
        raise StepFailed("The log names no build to go back to. Give one with --to.")
    good = good or "BUILD-BEFORE"
    failures: list[str] = []
    _try(failures, lambda: _web_back(az, target, build, good, patience))
    with tempfile.TemporaryDirectory() as folder:
        _try(failures, lambda: _others_back(az, target, good, Path(folder), failures))
    outcome = "failed" if failures else "succeeded"
    deployment_log.write(
        az,
        environment=target.environment,
        build=good,
        event="rollback",
        outcome=outcome,
        note=f"instead of {build}. {' '.join(failures)}".strip(),
    )
    if failures:
        raise StepFailed(" ".join(failures))
    say(f"{target.environment} is back at {good}")


def _web_back(az: Az, target: Target, build: str, good: str, patience: float) -> None:
    live = site_of(az, target)
    if not az.dry_run and live.build() == good:
        return
    slot = site_of(az, target, slot=True)
    if not az.dry_run and slot.build() != good:
        raise StepFailed(
            f"The slot holds {slot.build() or 'nothing'}, not {good}: nothing was swapped. "
            f"Deploy the kept package of {good} to the slot and swap."
        )
    switch(az, target)
    if not az.dry_run and not live.wait_for_build(good, seconds=patience):
        raise StepFailed(f"Production does not serve {good} after the swap back from {build}.")


def _others_back(az: Az, target: Target, good: str, folder: Path, failures: list[str]) -> None:
    package = fetch(az, good, folder)
    parts: tuple[Part, ...] = ("worker", "scheduler", "page")
    for part in parts if target.with_page else parts[:-1]:
        _try(failures, partial(deploy, az, target, package, part))


def _try(failures: list[str], step: Callable[[], None]) -> None:
    try:
        step()
    except StepFailed as failure:
        failures.append(str(failure))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--environment", choices=[t for t, x in TARGETS.items() if x.with_slot])
    parser.add_argument("--build", required=True, help="the build to get rid of")
    parser.add_argument("--to", help="the build to go back to")
    parser.add_argument("--patience", type=float, default=START_SECONDS, help="seconds")
    parser.add_argument("--dry-run", action="store_true")
    parser.set_defaults(environment="prod")
    given = parser.parse_args()
    az, target = Az(dry_run=given.dry_run), TARGETS[given.environment]
    run(lambda: roll_back(az, target, given.build, to=given.to, patience=given.patience))


if __name__ == "__main__":
    main()
