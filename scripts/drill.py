"""The monthly rehearsals on production: an instance fails, a swap is taken back, an alert fires.

`python -m scripts.drill heal|swap-back|alert --environment prod`

Each leaves things as it found them, writes its figures into the log, and fails if what should have
happened did not.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from scripts import deployment_log
from scripts.az import Az
from scripts.deploy import deploy, site_of
from scripts.releases import fetch
from scripts.swap import START_SECONDS, swap
from scripts.targets import TARGETS, Target
from scripts.terminal import StepFailed, run, say

ARM = "https://management.azure.com"
CANARY = "drill-canary"
EMAIL_GROUP = "[?name=='ag-chatbot-email'].id | [0]"
ALERT_SECONDS = 900.0
WATCHED_AT_LEAST = 0.1
"""Of the time that healing may take: a minute of ten."""
FEWEST_PROBES = 3


def heal(az: Az, target: Target, patience: float) -> str:
    """One instance is restarted; the others must serve on, and it must come back."""
    group = ("--resource-group", target.resource_group)
    before = az("webapp", "list-instances", *group, "--name", target.web) or []
    if not az.dry_run and len(before) < 2:
        raise StepFailed(f"{target.web} has one instance: restarting it would stop the service.")
    plan = az.text("webapp", "show", *group, "--name", target.web, "--query", "appServicePlanId")
    worker = before[0]["machineName"] if before else "INSTANCE"
    reboot = f"{ARM}{plan or '/PLAN'}/workers/{worker}/reboot?api-version=2024-04-01"
    az("rest", "--method", "post", "--url", reboot)
    if az.dry_run:
        return "would watch /health until all instances are back"
    site, began, missed, seen = site_of(az, target), time.monotonic(), 0, 0
    while True:
        seen, missed = seen + 1, missed + (site.build() is None)
        now = az("webapp", "list-instances", *group, "--name", target.web) or []
        ready = [instance for instance in now if instance["state"] == "READY"]
        elapsed = time.monotonic() - began
        all_ready = len(ready) >= len(before)
        # At first the platform may not have noticed that one is away.
        if all_ready and seen >= FEWEST_PROBES and elapsed >= WATCHED_AT_LEAST * patience:
            break
        if not all_ready and elapsed > patience:
            raise StepFailed(f"After {elapsed:.0f} s {len(ready)} of {len(before)} serve.")
        time.sleep(min(5.0, patience / 20))
    if missed > 1:
        raise StepFailed(f"{missed} of {seen} requests failed while one instance was away.")
    return f"healed in {elapsed:.0f} s; {missed} of {seen} requests failed meanwhile"


def swap_back(az: Az, target: Target, patience: float) -> str:
    """A swap and a swap back, with the running build on both sides, so that nobody notices."""
    live, slot = site_of(az, target), site_of(az, target, slot=True)
    build, other = (live.build(), slot.build()) if not az.dry_run else ("BUILD", "BUILD-BEFORE")
    if build is None:
        raise StepFailed("Production gives no answer: this is no time for a drill.")
    with tempfile.TemporaryDirectory() as folder:
        deploy(az, target, fetch(az, build, Path(folder)), "slot")
        if not az.dry_run and not slot.wait_for_build(build, seconds=patience):
            raise StepFailed(f"The slot does not serve {build}.")
        times = []
        for _ in ("there", "back"):
            began = time.monotonic()
            swap(az, target, build, patience=patience)
            times.append(time.monotonic() - began)
        if other not in (None, build):
            # What a real rollback would need.
            deploy(az, target, fetch(az, str(other), Path(folder)), "slot")
    return f"swapped in {times[0]:.0f} s and back in {times[1]:.0f} s"


def alert(az: Az, target: Target, patience: float) -> str:
    """A rule that every request breaks must fire; and no rule of ours may be switched off."""
    group = ("--resource-group", target.resource_group)
    rules: list[dict[str, Any]] = az("monitor", "metrics", "alert", "list", *group) or []
    if off := [rule["name"] for rule in rules if not rule["enabled"]]:
        raise StepFailed(f"Switched off: {', '.join(off)}.")
    web = az.text("webapp", "show", *group, "--name", target.web, "--query", "id") or "ID"
    email = ("monitor", "action-group", "list", *group, "--query", EMAIL_GROUP)
    az(
        *("monitor", "metrics", "alert", "create", *group, "--name", CANARY, "--scopes", web),
        *("--condition", "total Requests > 0", "--window-size", "1m"),
        *("--evaluation-frequency", "1m", "--severity", "4"),
        *("--action", az.text(*email) or "GROUP", "--description", "Monthly drill: ignore."),
    )
    try:
        seconds = _fired(az, target, patience)
    finally:
        az("monitor", "metrics", "alert", "delete", *group, "--name", CANARY)
    return f"the canary fired after {seconds:.0f} s; {len(rules)} rules are switched on"


def _fired(az: Az, target: Target, patience: float) -> float:
    account = az.text("account", "show", "--query", "id") or "SUBSCRIPTION"
    scope = f"{ARM}/subscriptions/{account}/resourceGroups/{target.resource_group}"
    question = (
        f"{scope}/providers/Microsoft.AlertsManagement/alerts"
        "?api-version=2019-05-05-preview&timeRange=1h&monitorCondition=Fired"
    )
    site, began = site_of(az, target), time.monotonic()
    while True:
        if not az.dry_run:
            site.build()
        answer = az("rest", "--method", "get", "--url", question) or {}
        names = [fired["name"] for fired in answer.get("value", ())]
        elapsed = time.monotonic() - began
        if CANARY in names or az.dry_run:
            return elapsed
        if elapsed > patience:
            raise StepFailed(f"The canary did not fire within {elapsed:.0f} s.")
        time.sleep(min(15.0, patience / 20))


DRILLS = {
    "heal": (heal, START_SECONDS * 2),
    "swap-back": (swap_back, START_SECONDS),
    "alert": (alert, ALERT_SECONDS),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=sorted(DRILLS))
    parser.add_argument("--environment", choices=sorted(TARGETS), default="prod")
    parser.add_argument("--patience", type=float, help="seconds")
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    az, target = Az(dry_run=given.dry_run), TARGETS[given.environment]
    drill, patience = DRILLS[given.what]

    def work() -> None:
        outcome, note = "failed", ""
        try:
            note = drill(az, target, given.patience or patience)
            outcome = "succeeded"
        except StepFailed as failure:
            note = str(failure)
            raise
        finally:
            deployment_log.write(
                az,
                environment=target.environment,
                build="none",
                event="drill",
                outcome=outcome,
                note=f"{given.what}: {note}",
            )
        say(note)

    run(work)


if __name__ == "__main__":
    main()
