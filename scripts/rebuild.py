"""What a rebuild in the paired region needs beside Terraform: secrets, a measure, and its removal.

`python -m scripts.rebuild seed|measure|remove [--build ID --since EPOCH]`

The drill runs these around `terraform apply` with `dr.tfvars`; in earnest, all but `remove`.
"""

import argparse
import time
from urllib.parse import quote

from scripts import deployment_log
from scripts.az import Az
from scripts.migrate import DATABASE_SECRET
from scripts.rotate_secret import CLIENT_ID, CLIENT_SECRET
from scripts.targets import RELEASES, TARGETS, Target
from scripts.terminal import StepFailed, run, say
from scripts.vault import Vault

REDIS_SECRET = "chatbot-redis-connection-string"  # noqa: S105  # its name
REDIS_PORT = 10000
RTO_SECONDS = 3600.0


def seed(az: Az, source: Target, rebuilt: Target) -> None:
    """Fills the rebuilt vault: production's secrets, with the rebuilt stores' addresses.

    The geo-redundant backup brings production's database roles and passwords along.
    """
    there, here = Vault(az, source.vault()), Vault(az, rebuilt.vault())
    for name in (CLIENT_ID, CLIENT_SECRET):
        here.add_version(name, there.read(name) or "VALUE")
    database = there.read(DATABASE_SECRET) or "VALUE"
    here.add_version(
        DATABASE_SECRET, database.replace(source.database_server, rebuilt.database_server, 1)
    )
    here.add_version(REDIS_SECRET, _redis_url(az, rebuilt))
    say(f"{rebuilt.vault()} holds {source.environment}'s secrets, with the new addresses")


def _redis_url(az: Az, target: Target) -> str:
    cache = ("--resource-group", target.resource_group, "--cluster-name", target.redis)
    key = az.text("redisenterprise", "database", "list-keys", *cache, "--query", "primaryKey")
    host = az.text(
        *("redisenterprise", "show", "--resource-group", target.resource_group),
        *("--cluster-name", target.redis, "--query", "hostName"),
    )
    return f"rediss://:{quote(key or 'KEY', safe='')}@{host or 'HOST'}:{REDIS_PORT}/0"


def measure(az: Az, target: Target, build: str, since: float) -> None:
    """Writes down how long the rebuild took. Raises StepFailed above the target of one hour."""
    seconds = time.time() - since
    in_time = seconds <= RTO_SECONDS
    note = f"rebuild: serving {seconds / 60:.0f} min after the start; the target is 60 min"
    deployment_log.write(
        az,
        environment=target.environment,
        build=build,
        event="drill",
        outcome="succeeded" if in_time else "failed",
        note=note,
    )
    say(note)
    if not in_time:
        raise StepFailed("The measured recovery time is above the target.")


def remove(az: Az, target: Target) -> None:
    """Deletes the rebuilt environment and its state; the vaults stay recoverable for 90 days."""
    az("group", "delete", "--name", target.resource_group, "--yes")
    az(
        *("storage", "blob", "delete", "--account-name", RELEASES, "--auth-mode", "login"),
        *("--container-name", target.environment),
        *("--name", f"chatbot-{target.environment}.tfstate"),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("step", choices=["seed", "measure", "remove"])
    parser.add_argument("--build", default="none")
    parser.add_argument("--since", type=float, default=0.0, help="seconds since 1970")
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    # Only ever the drill's own environment: nothing here can be aimed at production.
    az, rebuilt = Az(dry_run=given.dry_run), TARGETS["dr"]

    def work() -> None:
        if given.step == "seed":
            seed(az, TARGETS["prod"], rebuilt)
        elif given.step == "measure":
            measure(az, rebuilt, given.build, given.since)
        else:
            remove(az, rebuilt)

    run(work)


if __name__ == "__main__":
    main()
