"""Every write, with everything that can befall its process, 50 times each.

The tenant's journal is the judge: never two effects, one wherever the tenant answers or shows it,
and the card of the person says what the tenant shows. Every round has its seed, which a failure
names.
"""

import os
import random
import statistics
import sys
from collections import Counter, defaultdict

import pytest

from tests.fixtures.accidents import ACCIDENTS, Outcome, suffer
from tests.fixtures.nursery import Nursery
from tests.fixtures.writes import WRITES, Office

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "50"))
HIDDEN = {"request_visible": [90, 90], "decision": [90, 90], "cancel": [90, 90]}
"""A tenant that shows what it took only after the first verdict of absence."""
DELAYS = ("instant", "default", "slow", HIDDEN)


@pytest.mark.parametrize("accident", ACCIDENTS)
async def test_never_two_effects_and_the_card_tells_the_truth(
    writing_office: Office,
    nursery: Nursery,
    accident: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found: dict[str, list[Outcome]] = defaultdict(list)
    for number in range(ROUNDS):
        seed = f"{accident} {number}"
        writing_office.random = random.Random(seed)
        await writing_office.begin_anew(writing_office.random.choice(DELAYS))
        for write in WRITES:
            try:
                found[write].append(await suffer(writing_office, nursery, write, accident))
            except Exception as error:
                error.add_note(f"{write}, seed {seed!r}")
                raise
    with capsys.disabled():
        sys.stdout.write(table(accident, found))


def table(accident: str, found: dict[str, list[Outcome]]) -> str:
    """Write by write: how often which outcome, the effects, and the seconds until it was told."""
    lines = [f"\n{accident}, {ROUNDS} times each"]
    for write, outcomes in found.items():
        told = ", ".join(
            f"{n} {status}" for status, n in Counter(o.status for o in outcomes).items()
        )
        effects = Counter(o.effects for o in outcomes)
        seconds = sorted(o.seconds for o in outcomes)
        lines.append(
            f"  {write:<9} {told:<24} effects {dict(effects)!s:<16} "
            f"told after {statistics.median(seconds):g} s, at most {seconds[-1]} s"
        )
    return "\n".join(lines) + "\n"
