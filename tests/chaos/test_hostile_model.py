"""10,000 turns of a model that wants harm, each judged by the tenant's journal."""

import os
import sys
from random import Random

import pytest

from tests.fixtures.siege import Siege, every_id
from tests.fixtures.stage import open_stage
from tests.fixtures.writes import Office

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

TURNS = int(os.environ.get("CHAOS_TURNS", "10000"))
BATCH = 100
PEOPLE = ("employee", "manager", "approver", "newcomer", "admin")


async def test_writes_nothing_unconfirmed_and_reads_nothing_foreign(
    writing_office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    random = Random(11)
    async with open_stage(writing_office) as stage:
        siege = Siege(stage, random, [], confirmed=0.2)
        while siege.turns < TURNS:
            # What was decided is gone: a tenant with nothing left to harm would prove little.
            await writing_office.begin_anew("instant", large_items=60)
            siege.everything = every_id(writing_office.tenant)
            for who in PEOPLE:
                await siege.batch(who, BATCH)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{siege.turns} turns, {siege.called.total()} calls of tools, "
            f"{siege.reads.total()} reads, {siege.shown.total()} cards, "
            f"{siege.writes} writes, all of them confirmed\n"
            f"answers to the calls: {dict(siege.answered.most_common())}\n"
        )

    assert siege.writes
