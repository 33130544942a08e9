"""Old records go, and the chain holds from its checkpoint on."""

import pytest
import pytest_asyncio

from modules.backend.core.clock import SystemClock
from modules.backend.core.settings_security import AuditSettings
from modules.backend.services.audit.linking import Linking
from modules.backend.services.audit.retention import AuditRetention
from tests.integration.audit.conftest import Archive, Past
from tests.integration.audit.test_tampering import FOREIGN_HASH, fetch

pytestmark = pytest.mark.integration

OLD, NEW = 8, 4
OF_CHECKPOINTS = {
    "position": "position - 1",
    "digest": FOREIGN_HASH,
    "removed": "removed + 1",
    "at": "at - interval '1 microsecond'",
}


@pytest_asyncio.fixture
async def pruned(archive: Archive) -> Archive:
    await archive.write(OLD, clock=Past())
    await archive.write(NEW)
    retention = AuditRetention(
        archive.database, AuditSettings(audit_retention_days=90), SystemClock()
    )
    assert await retention.remove_old() == OLD
    await Linking(archive.database, SystemClock()).link()
    await archive.keep()
    return archive


async def test_the_chain_begins_at_its_checkpoint(pruned: Archive) -> None:
    report = await pruned.verify()

    assert (report.holds, report.first, report.links) == (True, OLD + 1, NEW + 1)
    (kept,) = await fetch(pruned, "SELECT count(*) FROM audit_records")
    assert kept["count"] == NEW + 1


@pytest.mark.parametrize("column", OF_CHECKPOINTS)
async def test_a_checkpoint_that_was_changed_is_named(pruned: Archive, column: str) -> None:
    await pruned.by_hand(f"UPDATE audit_checkpoints SET {column} = {OF_CHECKPOINTS[column]}")

    faults = await pruned.faults()

    position = OLD - 1 if column == "position" else OLD
    assert ("checkpoint_altered", position) in faults


async def test_a_checkpoint_that_was_removed_is_named(pruned: Archive) -> None:
    await pruned.by_hand("DELETE FROM audit_checkpoints")

    assert ("link_missing", 1) in await pruned.faults()


async def test_it_can_be_done_again(pruned: Archive) -> None:
    settings = AuditSettings(audit_retention_days=90)
    again = AuditRetention(pruned.database, settings, SystemClock())

    assert await again.remove_old() == 0
    assert (await pruned.verify()).holds


async def test_nothing_goes_where_no_age_is_configured(archive: Archive) -> None:
    await archive.write(OLD, clock=Past())

    assert await AuditRetention(archive.database, AuditSettings(), SystemClock()).remove_old() == 0
    assert (await archive.verify()).links == OLD


async def test_the_last_thirty_days_stay_whoever_asks(archive: Archive) -> None:
    await archive.write(NEW)

    with pytest.raises(Exception, match="kept for 30 days"):
        await fetch(archive, "SELECT audit_prune(now())")
