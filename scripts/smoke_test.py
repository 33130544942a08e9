"""Whether a deployment does what people come for, from outside, through its front door.

`python -m scripts.smoke_test --environment prod --side slot --build ID`
`python -m scripts.smoke_test --url https://HOST --origin https://PAGE --audience CLIENT_ID`

It signs in as the pipeline, with an app-only token that carries the role `Chat.Smoke`, or with the
token in `SMOKE_TOKEN`. Whoever that is must be known to SailPoint, may request something there, and
has a review. Nothing is changed: the card that it asks for is declined, or expires where only a
person may decide.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from scripts.az import Az
from scripts.deploy import host_of
from scripts.targets import SLOT, TARGETS, Side, Target
from scripts.terminal import StepFailed, run, say
from scripts.web import Frame, Site, Talk

COLD_START_SECONDS = 300.0
READY_SECONDS = 60.0
TRIES = 2
"""A model may answer a request in words instead of with a card; twice in a row means a fault."""


@dataclass(frozen=True)
class Smoke:
    site: Site
    build: str | None
    patience: float = COLD_START_SECONDS

    def health(self) -> str:
        """The build that was deployed serves, not the one before it."""
        if self.build is None:
            self.site.read("/health")
            return "alive"
        if not self.site.wait_for_build(self.build, seconds=self.patience):
            raise StepFailed(
                f"Build {self.build} does not serve after {self.patience:.0f} s; "
                f"{self.site.build() or 'nothing'} does. Read the log of the application's start."
            )
        return f"build {self.build}"

    def ready(self) -> str:
        """PostgreSQL, Redis, SailPoint and the model are all there."""
        deadline = time.monotonic() + min(READY_SECONDS, self.patience)
        while (answer := self.site.get("/health/ready", strict=True)).status_code != 200:
            if time.monotonic() > deadline:
                raise StepFailed(f"Not ready ({answer.status_code}): {answer.text[:500]}")
            time.sleep(min(5.0, self.patience / 20))
        return ", ".join(answer.json()["checks"])

    def chat(self) -> str:
        """An answer comes over the socket."""
        with self.site.chat() as talk:
            answer = talk.say("Say in one sentence what you can help with.")
        if not answer.text.strip():
            raise StepFailed("The answer was empty.")
        return f"{len(answer.text)} characters"

    def access_request(self) -> str:
        """A request for access comes as far as its card, which is declined."""
        offered = self.site.read("/api/requestable")["items"]
        wanted = next((item for item in offered if item["status"] == "available"), None)
        if wanted is None:
            raise StepFailed(
                "SailPoint offers this identity nothing to request. Give it something."
            )
        with self.site.chat() as talk:
            card = _card(talk, wanted["name"])
            declined = talk.decline(card)
        if not declined:
            return "card shown; it expires, because an application may not decide"
        status = self.site.read(f"/api/proposals/{card['id']}")["status"]
        if status != "declined":
            raise StepFailed(f"The card {card['id']} is {status}, not declined. Look at it.")
        return "card shown and declined"

    def review(self) -> str:
        """A certification review can be read."""
        reviews = self.site.read("/api/certifications")["items"]
        if not reviews:
            raise StepFailed("This identity has no review in SailPoint. Give it one.")
        items = self.site.read(f"/api/certifications/{reviews[0]['id']}/items")["items"]
        return f"{len(items)} questions"

    @property
    def checks(self) -> dict[str, Callable[[], str]]:
        return {
            "health": self.health,
            "readiness": self.ready,
            "chat": self.chat,
            "access request": self.access_request,
            "review": self.review,
        }


def _card(talk: Talk, name: str) -> Frame:
    for _ in range(TRIES):
        talk.say(f"What can I request that is called {name}?")
        cards = talk.say(f"I need {name} because this deployment is being tested").cards
        if cards:
            return cards[0]
    raise StepFailed("Asking for access brought no card.")


def smoke(test: Smoke) -> None:
    """Runs every check in order. Raises StepFailed at the first that fails."""
    for name, check in test.checks.items():
        began = time.monotonic()
        try:
            found = check()
        except StepFailed as failure:
            raise StepFailed(f"smoke test, {name}: {failure}") from None
        say(f"ok  {name}: {found} ({time.monotonic() - began:.1f} s)")


def token(az: Az, audience: str | None) -> str:
    """The pipeline's own token for the API, unless `SMOKE_TOKEN` holds one."""
    if given := os.environ.get("SMOKE_TOKEN"):
        return given
    if audience is None:
        raise StepFailed("Give --audience (the API's client id), or a token in SMOKE_TOKEN.")
    scope = f"api://{audience}/.default"
    question = ("account", "get-access-token", "--scope", scope, "--query", "accessToken")
    return az.text(*question) or "a token"


def where(az: Az, target: Target, side: Side) -> tuple[str, str, str | None]:
    """Address and page of a side of an environment, and the API's client id, as Azure has them."""
    host = host_of(az, target, slot=side == "slot")
    slot = ("--slot", SLOT) if side == "slot" else ()
    audience = az.text(
        *("webapp", "config", "appsettings", "list", "--name", target.web),
        *("--resource-group", target.resource_group, *slot),
        *("--query", "[?name=='ENTRA_CLIENT_ID'].value | [0]"),
    )
    if side == "slot" or target.api_host is None:
        return f"https://{host}", f"https://{host}", audience
    return f"https://{target.api_host}", f"https://{target.page_host}", audience


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--environment", choices=sorted(TARGETS))
    place.add_argument("--url", help="https://HOST of the web application")
    parser.add_argument("--side", choices=get_args(Side), default="live")
    parser.add_argument("--origin", help="origin of the page; the URL if left out")
    parser.add_argument("--build", help="the build that must serve")
    parser.add_argument("--audience", default=os.environ.get("ENTRA_CLIENT_ID"))
    parser.add_argument("--patience", type=float, default=COLD_START_SECONDS, help="seconds")
    parser.add_argument("--dry-run", action="store_true", help="say what would be tested")
    given = parser.parse_args()
    az = Az(dry_run=given.dry_run)

    def work() -> None:
        if given.environment:
            url, origin, audience = where(az, TARGETS[given.environment], given.side)
        else:
            url, audience = given.url.rstrip("/"), given.audience
            origin = given.origin or url
        signed_in = token(az, audience or ("CLIENT_ID" if az.dry_run else None))
        test = Smoke(Site(url, origin, signed_in), given.build, given.patience)
        if given.dry_run:
            for name, check in test.checks.items():
                say(f"would test at {url}: {name}: {check.__doc__}")
            return
        smoke(test)

    run(work)


if __name__ == "__main__":
    main()
