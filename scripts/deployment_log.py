"""Who delivered what, when, and what became of it: one blob for each, never overwritten.

`python -m scripts.deployment_log --environment prod --build ID --event deploy --outcome succeeded`
"""

import argparse
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from scripts.az import Az
from scripts.targets import RELEASES
from scripts.terminal import run, say

CONTAINER = "deployments"
EVENTS = ("deploy", "rollback", "restore-test", "rotation", "drill")
OUTCOMES = ("succeeded", "failed")


@dataclass(frozen=True, slots=True)
class Record:
    """at: RFC 3339, UTC. note: figures or a reason, never a secret."""

    at: str
    who: str
    event: str
    environment: str
    build: str
    outcome: str
    note: str = ""
    run: str = ""

    @property
    def blob(self) -> str:
        """A name that sorts by time and answers most questions by itself."""
        parts = (self.at.replace(":", ""), self.event, self.build, self.outcome)
        return f"{self.environment}/{'__'.join(parts)}.json"


def write(
    az: Az, *, environment: str, build: str, event: str, outcome: str, note: str = ""
) -> Record:
    """Adds a record of now, by whoever runs this."""
    record = Record(
        at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        who=_who(az),
        event=event,
        environment=environment,
        build=build,
        outcome=outcome,
        note=note,
        run=_run_address(),
    )
    az(
        *("storage", "blob", "upload", *_account(), "--container-name", CONTAINER),
        *("--name", record.blob, "--data", json.dumps(asdict(record)), "--overwrite", "false"),
    )
    say(f"logged: {record.blob}")
    return record


def last_good_build(az: Az, environment: str, *, other_than: str) -> str | None:
    """The build that was deployed well before this one; None if there was none."""
    listed = az(
        *("storage", "blob", "list", *_account(), "--container-name", CONTAINER),
        *("--prefix", f"{environment}/", "--num-results", "*", "--query", "[].name"),
    )
    for name in sorted(listed or (), reverse=True):
        _, event, build, outcome = name.removesuffix(".json").split("__")
        if (event, outcome) == ("deploy", "succeeded") and build != other_than:
            return str(build)
    return None


def _account() -> tuple[str, ...]:
    return ("--account-name", RELEASES, "--auth-mode", "login")


def _who(az: Az) -> str:
    """The person who started the pipeline, else whoever is signed in."""
    person = os.environ.get("BUILD_REQUESTEDFOREMAIL") or os.environ.get("BUILD_REQUESTEDFOR")
    return person or az.text("account", "show", "--query", "user.name") or "unknown"


def _run_address() -> str:
    collection = os.environ.get("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "")
    project, number = os.environ.get("SYSTEM_TEAMPROJECT"), os.environ.get("BUILD_BUILDID")
    return f"{collection}{project}/_build/results?buildId={number}" if project and number else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--environment", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--event", choices=EVENTS, required=True)
    parser.add_argument("--outcome", choices=OUTCOMES, required=True)
    parser.add_argument("--note", default="")
    parser.add_argument("--dry-run", action="store_true")
    given = vars(parser.parse_args())
    az = Az(dry_run=given.pop("dry_run"))
    run(lambda: _written(az, given))


def _written(az: Az, given: dict[str, str]) -> None:
    write(az, **given)


if __name__ == "__main__":
    main()
