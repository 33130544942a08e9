"""Records get their places one after another, whoever gives them."""

import asyncio
import uuid

import pytest

from modules.backend.core.clock import SystemClock
from modules.backend.services.audit import trail
from modules.backend.services.audit.linking import BATCH, Linking
from modules.backend.services.audit.trail import Kind
from modules.backend.services.audit.verifying import GRACE
from tests.fixtures.clock import FakeClock
from tests.integration.audit.conftest import Archive

pytestmark = pytest.mark.integration

PROCESSES = 6


async def write(archive: Archive, count: int) -> None:
    async with archive.database.transaction() as session:
        for number in range(count):
            now = SystemClock().now()
            await trail.record(session, now, Kind.RUN_ENDED, run=uuid.uuid4(), number=number)


async def test_many_processes_make_one_chain(archive: Archive) -> None:
    await write(archive, BATCH + 100)
    linkings = [Linking(archive.database, SystemClock()) for _ in range(PROCESSES)]
    placed = 0
    while placed < BATCH + 100:
        rounds = await asyncio.gather(*(linking.link() for linking in linkings), write(archive, 1))
        placed += sum(count for count in rounds if count is not None)
    while await linkings[0].link():
        pass
    report = await archive.verify()

    assert report.holds, report.faults
    assert (report.first, report.last, report.pending) == (1, report.links, 0)


async def test_what_waits_is_counted_and_named_when_it_lasts(archive: Archive) -> None:
    long_ago = FakeClock()
    async with archive.database.transaction() as session:
        await trail.record(session, SystemClock().now(), Kind.RUN_ENDED)
    fresh = await archive.verify()
    async with archive.database.transaction() as session:
        await trail.record(session, long_ago.now() - GRACE, Kind.RUN_ENDED)
    late = await archive.verify()

    assert (fresh.holds, fresh.pending) == (True, 1)
    assert [fault.code for fault in late.faults] == ["record_not_linked"]


async def test_a_fact_that_is_taken_back_leaves_no_record(archive: Archive) -> None:
    async def broken() -> None:
        async with archive.database.transaction() as session:
            await trail.record(session, SystemClock().now(), Kind.RUN_ENDED)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await broken()
    report = await archive.verify()

    assert (report.pending, report.faults) == (0, [])
