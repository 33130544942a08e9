"""Who makes a change is killed at it: one effect at most, and a card that tells the truth.

`make chaos` does the same with every write, 50 times each.
"""

import random

import pytest

from tests.fixtures.accidents import ACCIDENTS, suffer
from tests.fixtures.nursery import Nursery
from tests.fixtures.writes import WRITES, Office

pytestmark = pytest.mark.integration

SOME = 2


@pytest.mark.parametrize("accident", ACCIDENTS)
async def test_one_effect_at_most_and_the_card_tells_the_truth(
    writing_office: Office, nursery: Nursery, accident: str
) -> None:
    place = list(ACCIDENTS).index(accident) * SOME
    writes = [*WRITES, *WRITES][place % len(WRITES) :][:SOME]
    writing_office.random = random.Random(accident)
    await writing_office.begin_anew("default")

    for write in writes:
        await suffer(writing_office, nursery, write, accident)
