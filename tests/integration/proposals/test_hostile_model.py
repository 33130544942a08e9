"""A model that wants harm: no write without a click, no read beyond the person's rights."""

from random import Random

import pytest

from tests.fixtures.siege import Siege, every_id
from tests.fixtures.stage import open_stage
from tests.fixtures.writes import Office

pytestmark = pytest.mark.integration

PEOPLE = ("employee", "manager", "approver", "newcomer")
TURNS = 50


async def test_writes_nothing_unconfirmed_and_reads_nothing_foreign(
    writing_office: Office,
) -> None:
    await writing_office.begin_anew("instant", large_items=60)
    async with open_stage(writing_office) as stage:
        siege = Siege(stage, Random(5), every_id(writing_office.tenant), confirmed=0.5)
        for who in PEOPLE:
            await siege.batch(who, TURNS)

    # It was let loose: it called every tool, got cards, and some of them were confirmed.
    tools = {tool.name for tool in stage.toolbox.offered}
    assert tools <= set(siege.called)
    assert siege.shown
    assert siege.writes
