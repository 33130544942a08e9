"""Makes the staging slot the production one, or leaves everything as it was.

`python -m scripts.swap --environment prod --build ID`
"""

import argparse

from scripts.az import Az
from scripts.deploy import site_of
from scripts.targets import SLOT, TARGETS, Target
from scripts.terminal import StepFailed, run, say

START_SECONDS = 300.0


def swap(az: Az, target: Target, build: str, *, patience: float = START_SECONDS) -> None:
    """Swaps, and sees that the build then serves production.

    The platform starts the slot's instances with production's settings and asks each for
    `/health/ready` before it switches; if one never is, the command fails and nothing is switched.
    Raises StepFailed; production then serves what it served before.
    """
    slot, live = site_of(az, target, slot=True), site_of(az, target)
    if not az.dry_run and slot.build() != build:
        raise StepFailed(f"The slot serves {slot.build() or 'nothing'}, not {build}. Deploy first.")
    try:
        switch(az, target)
    except StepFailed as failure:
        undo(az, target, switched=live.build() == build)
        raise StepFailed(f"{failure} Production serves what it did before.") from None
    if not az.dry_run and not live.wait_for_build(build, seconds=patience):
        undo(az, target, switched=True)
        raise StepFailed(f"Build {build} did not serve after the swap; it was swapped back.")
    say(f"production serves {build}; the slot holds the build before it")


def switch(az: Az, target: Target) -> None:
    """Exchanges slot and production, in either direction. Raises StepFailed."""
    az(
        *("webapp", "deployment", "slot", "swap"),
        *("--name", target.web, "--resource-group", target.resource_group),
        *("--slot", SLOT, "--target-slot", "production"),
    )


def undo(az: Az, target: Target, *, switched: bool) -> None:
    """Swaps back; or takes production's settings from the slot again, if it never came to that."""
    if switched:
        switch(az, target)
        return
    try:
        az(
            *("webapp", "deployment", "slot", "swap", "--action", "reset"),
            *("--name", target.web, "--resource-group", target.resource_group, "--slot", SLOT),
        )
    except StepFailed as failure:
        say(f"the slot keeps production's settings until the next swap: {failure}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--environment", choices=[t for t, x in TARGETS.items() if x.with_slot])
    parser.add_argument("--build", required=True)
    parser.add_argument("--patience", type=float, default=START_SECONDS, help="seconds")
    parser.add_argument("--dry-run", action="store_true")
    parser.set_defaults(environment="prod")
    given = parser.parse_args()
    az, target = Az(dry_run=given.dry_run), TARGETS[given.environment]
    run(lambda: swap(az, target, given.build, patience=given.patience))


if __name__ == "__main__":
    main()
