"""Rotates a secret in two steps, a day apart, as the standard says.

`python -m scripts.rotate_secret rotate --environment prod --side live --secret sailpoint`
`python -m scripts.rotate_secret retire --environment prod --side live --secret sailpoint`

rotate: a new value becomes a new version in the vault, the applications restart and must be ready
with it; if they are not, the old value is put back. The old version stays enabled.
retire: 24 hours later the old versions are disabled, and the old token is deleted at SailPoint.

`sailpoint` makes the new value itself. Any other secret of the vault is read from standard input.
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from scripts import deployment_log
from scripts.az import Az
from scripts.deploy import site_of
from scripts.sailpoint_tokens import Credentials, SailPointTokens
from scripts.targets import SLOT, TARGETS, Side, Target
from scripts.terminal import StepFailed, run, say
from scripts.vault import Vault

SAILPOINT = "sailpoint"
CLIENT_ID, CLIENT_SECRET = "chatbot-sailpoint-client-id", "chatbot-sailpoint-client-secret"
ARM = "https://management.azure.com"
REFRESH = "/config/configreferences/appsettings/refresh?api-version=2022-03-01"
READY_SECONDS = 600.0
NEAR_EXPIRY = timedelta(days=30)
"""When the vault says that a secret is near its expiry."""


@dataclass
class Rotation:
    """One secret on one side of an environment."""

    az: Az
    target: Target
    side: Side
    secret: str
    patience: float = READY_SECONDS

    def __post_init__(self) -> None:
        self.vault = Vault(self.az, self.target.vault(self.side))

    def is_due(self) -> bool:
        """Whether the current value expires within 30 days, or never: it gets a date, then."""
        name = CLIENT_SECRET if self.secret == SAILPOINT else self.secret
        expires = self.vault.expires(name)
        return expires is None or expires - datetime.now(UTC) < NEAR_EXPIRY

    def rotate(self) -> str:
        """Returns what was done. Raises StepFailed, with the old value in force again."""
        old = self._current()
        new = self._new_values()
        self._put(new)
        try:
            self.restart()
            self.check()
        except StepFailed as failure:
            self._put(old)
            self.restart()
            self._forget(new)
            raise StepFailed(f"{failure} The old value is in force again.") from None
        return f"{self.secret}: new version in {self.vault.name}; the old one works for a day more"

    def retire(self) -> str:
        """Returns what was done. Raises StepFailed, and disables nothing, if anything is amiss."""
        self.check()
        names = (CLIENT_ID, CLIENT_SECRET) if self.secret == SAILPOINT else (self.secret,)
        disabled = sum(self.vault.disable_old_versions(name) for name in names)
        if self.secret == SAILPOINT and not self.az.dry_run:
            tokens = SailPointTokens(self._sailpoint(), self._credentials())
            for client_id in tokens.others():
                tokens.delete(client_id)
        return f"{self.secret}: {disabled} old versions disabled in {self.vault.name}"

    def restart(self) -> None:
        """Makes the platform read the vault anew, which it otherwise does once a day."""
        group = ("--resource-group", self.target.resource_group)
        slot = ("--slot", SLOT) if self.side == "slot" else ()
        apps = (self.target.web, self.target.worker, self.target.scheduler)
        for app in apps[:1] if self.side == "slot" else apps:
            where = (*group, "--name", app, *slot)
            resource = self.az.text("webapp", "show", *where, "--query", "id") or "/APP"
            self.az("rest", "--method", "post", "--url", f"{ARM}{resource}{REFRESH}")
            self.az("webapp", "restart", *where)

    def check(self) -> None:
        """Whether everything is ready, the outside systems too. Raises StepFailed."""
        site = site_of(self.az, self.target, slot=self.side == "slot")
        if self.az.dry_run:
            say(f"would ask {site.url}/health/ready?strict=true")
            return
        deadline = time.monotonic() + self.patience
        while True:
            try:
                status = site.get("/health/ready", strict=True).status_code
            except StepFailed:
                status = 0
            if status == 200:
                return
            if time.monotonic() > deadline:
                raise StepFailed(f"{site.url} is not ready (last answer: {status}).")
            time.sleep(min(10.0, self.patience / 20))

    def _current(self) -> dict[str, str]:
        names = (CLIENT_ID, CLIENT_SECRET) if self.secret == SAILPOINT else (self.secret,)
        return {name: self.vault.read(name) or "VALUE" for name in names}

    def _new_values(self) -> dict[str, str]:
        if self.az.dry_run:
            say("would make the new value")
            return dict.fromkeys(self._current(), "NEW-VALUE")
        if self.secret != SAILPOINT:
            value = sys.stdin.read().strip()
            if not value:
                raise StepFailed(f"Give the new value of {self.secret} on standard input.")
            return {self.secret: value}
        made = SailPointTokens(self._sailpoint(), self._credentials()).make()
        return {CLIENT_ID: made.client_id, CLIENT_SECRET: made.secret}

    def _put(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            self.vault.add_version(name, value)

    def _forget(self, new: dict[str, str]) -> None:
        """A token that never came into use must not lie about."""
        if self.secret == SAILPOINT and not self.az.dry_run:
            SailPointTokens(self._sailpoint(), self._credentials()).delete(new[CLIENT_ID])

    def _credentials(self) -> Credentials:
        current = self._current()
        return Credentials(current[CLIENT_ID], current[CLIENT_SECRET])

    def _sailpoint(self) -> str:
        slot = ("--slot", SLOT) if self.side == "slot" else ()
        address = self.az.text(
            *("webapp", "config", "appsettings", "list", "--name", self.target.web),
            *("--resource-group", self.target.resource_group, *slot),
            *("--query", "[?name=='SAILPOINT_BASE_URL'].value | [0]"),
        )
        if not address:
            raise StepFailed(f"{self.target.web} has no SAILPOINT_BASE_URL.")
        return address


def audited(rotation: Rotation, step: str) -> None:
    """Takes the step and writes the outcome into the log. Raises StepFailed."""
    outcome, note = "failed", ""
    try:
        note = rotation.rotate() if step == "rotate" else rotation.retire()
        outcome = "succeeded"
    except StepFailed as failure:
        note = f"{step} {rotation.secret}: {failure}"
        raise
    finally:
        deployment_log.write(
            rotation.az,
            environment=rotation.target.environment,
            build="none",
            event="rotation",
            outcome=outcome,
            note=note,
        )
    say(note)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("step", choices=["rotate", "retire"])
    parser.add_argument("--environment", choices=sorted(TARGETS), required=True)
    parser.add_argument("--side", choices=get_args(Side), default="live")
    parser.add_argument("--secret", default=SAILPOINT)
    parser.add_argument("--patience", type=float, default=READY_SECONDS, help="seconds")
    parser.add_argument("--only-if-due", action="store_true", help="nothing 30 days before expiry")
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    rotation = Rotation(
        Az(dry_run=given.dry_run),
        TARGETS[given.environment],
        given.side,
        given.secret,
        given.patience,
    )

    def work() -> None:
        if given.only_if_due and not rotation.is_due():
            say(f"{rotation.secret} in {rotation.vault.name} is not due")
            return
        audited(rotation, given.step)
        if given.step == "rotate" and "TF_BUILD" in os.environ:
            say("##vso[task.setvariable variable=rotated;isOutput=true]true")

    run(work)


if __name__ == "__main__":
    main()
