"""Watches production after a swap and fails when it should be swapped back.

`python -m scripts.watch_after_swap --environment prod --build ID --minutes 15`

The reasons are the standard's: more than 5 % of answers are 5xx within ten minutes of the swap, the
health check fails, SailPoint fails again and again, or no answer of a model can be had. The caller
rolls back; this only judges.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from scripts.az import Az
from scripts.deploy import site_of
from scripts.targets import TARGETS, Target
from scripts.terminal import StepFailed, run, say
from scripts.web import Site

ERROR_SHARE = 0.05
ERRORS_COUNT_FOR_SECONDS = 600.0
FEWEST_REQUESTS = 20
"""Of fewer, one failure would be more than the share; the probes judge then."""

FAILED_HEALTH_CHECKS = 3
DEGRADED_CHECKS = 4
"""In a row: a fault that passes within two minutes is not the build's."""


@dataclass
class Judge:
    """Counts what a probe finds; `verdict` is why to go back, None while there is no reason."""

    build: str
    failed: int = 0
    degraded: dict[str, int] = field(default_factory=dict)

    def verdict(self, status: int, readiness: dict[str, Any]) -> str | None:
        """What one answer of `/health/ready` means, after those before it."""
        wrong_build = readiness.get("build") not in (None, self.build)
        self.failed = self.failed + 1 if status != 200 or wrong_build else 0
        if self.failed >= FAILED_HEALTH_CHECKS:
            return f"the health check failed {self.failed} times in a row (last answer: {status})"
        for name, what in (("sailpoint", "SailPoint fails"), ("llm", "no model answers")):
            ok = readiness.get("checks", {}).get(name, "ok") == "ok"
            self.degraded[name] = 0 if ok else self.degraded.get(name, 0) + 1
            if self.degraded[name] >= DEGRADED_CHECKS:
                return f"{what}: degraded {self.degraded[name]} times in a row"
        return None


def too_many_errors(requests: float, errors: float) -> str | None:
    """Why the counted answers are a reason to go back, None if they are not."""
    if requests < FEWEST_REQUESTS or errors / requests <= ERROR_SHARE:
        return None
    return f"{errors:.0f} of {requests:.0f} answers since the swap were 5xx"


def counted(az: Az, target: Target, since: datetime) -> tuple[float, float]:
    """Requests and 5xx since then, as the platform counted them: also what never reached us."""
    resource = az.text(
        *("webapp", "show", "--resource-group", target.resource_group),
        *("--name", target.web, "--query", "id"),
    )
    answer = az(
        *("monitor", "metrics", "list", "--resource", resource or "ID"),
        *("--metrics", "Requests", "Http5xx", "--aggregation", "Total", "--interval", "PT1M"),
        *("--start-time", since.strftime("%Y-%m-%dT%H:%M:%SZ")),
    )
    sums = {metric["name"]["value"]: _sum(metric) for metric in (answer or {}).get("value", ())}
    return sums.get("Requests", 0.0), sums.get("Http5xx", 0.0)


def watch(
    az: Az,
    target: Target,
    build: str,
    *,
    seconds: float,
    every: float,
    now: Callable[[], float] = time.monotonic,
) -> None:
    """Probes until the time is over. Raises StepFailed with the first reason to go back."""
    site, judge, swapped, began = site_of(az, target), Judge(build), datetime.now(UTC), now()
    while (elapsed := now() - began) < seconds:
        reason = judge.verdict(*_probe(site))
        if reason is None and elapsed <= ERRORS_COUNT_FOR_SECONDS:
            reason = too_many_errors(*counted(az, target, swapped))
        if reason is not None:
            raise StepFailed(f"After {elapsed:.0f} s {reason}. Swap back.")
        time.sleep(every)
    say(f"{build} was watched for {seconds:.0f} s and gave no reason to go back")


def _probe(site: Site) -> tuple[int, dict[str, Any]]:
    try:
        answer = site.get("/health/ready")
        return answer.status_code, answer.json()
    except (StepFailed, ValueError):
        return 0, {}


def _sum(metric: dict[str, Any]) -> float:
    return float(
        sum(
            point.get("total") or 0
            for series in metric.get("timeseries", ())
            for point in series.get("data", ())
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--environment", choices=sorted(TARGETS), default="prod")
    parser.add_argument("--build", required=True)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--every", type=float, default=30.0, help="seconds between two probes")
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    az, target = Az(dry_run=given.dry_run), TARGETS[given.environment]

    def work() -> None:
        if given.dry_run:
            site = site_of(az, target)
            counted(az, target, datetime.now(UTC))
            say(f"would ask {site.url}/health/ready every {given.every:.0f} s")
            return
        watch(az, target, given.build, seconds=60 * given.minutes, every=given.every)

    run(work)


if __name__ == "__main__":
    main()
