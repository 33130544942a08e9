"""Whether the audit is what it was: every record and link, from its beginning or a checkpoint.

What was added, changed, removed or moved is named by its place in the chain. That the newest links
are missing shows only against a head that was told elsewhere: the log tells one every minute.
"""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.models import AuditCheckpoint, AuditLink, AuditRecord
from modules.backend.repositories import audit
from modules.backend.repositories.audit import Linked
from modules.backend.services.audit.chain import (
    Head,
    digest,
    microseconds,
    record_hash,
)
from modules.backend.services.audit.trail import Kind

PAGE = 2_000
GRACE = timedelta(minutes=1)
"""How long a record may wait for its place while a web process lives."""
MAX_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was. `code` is stable, `record_id` may be unknown."""

    code: str
    position: int | None
    record_id: str | None


@dataclass(slots=True)
class Report:
    """What was looked at, and what is wrong with it; of many faults the first hundred."""

    first: int = 0
    last: int = 0
    head: str = ""
    links: int = 0
    pending: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults

    def add(self, faults: Iterator[Fault]) -> None:
        for fault in faults:
            if len(self.faults) < MAX_FAULTS:
                self.faults.append(fault)


class Verifier:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def verify(self, *, heads: tuple[Head, ...] = (), latest: int | None = None) -> Report:
        """Looks at the whole chain, or at its `latest` links.

        heads: what the log told; each must still be in the chain. Raises Unavailable.
        """
        report = Report()
        before = await self._beginning(report, latest)
        report.first = before.position + 1
        expected = {head.position: head.digest for head in heads}
        async for record, link in self._chain(before.position):
            report.add(_faults_of(record, link, before))
            if expected.pop(link.position, link.digest) != link.digest:
                report.add(iter([Fault("head_differs", link.position, str(link.record_id))]))
            before = Head(link.position, link.digest)
            report.links += 1
        report.last, report.head = before.position, before.digest
        report.add(
            Fault("head_missing", position, None)
            for position in sorted(expected)
            if position >= report.first
        )
        await self._look_at_unlinked(report)
        return report

    async def _beginning(self, report: Report, latest: int | None) -> Head:
        async with self._database.read() as session:
            checkpoint = await audit.checkpoint(session)
            pruned = await audit.of_kind(session, Kind.PRUNED.value, 10)
            last = await audit.last_link(session)
            if latest is not None and last is not None:
                start = await audit.link_at(session, last.position - latest)
                if start is not None:
                    return Head(start.position, start.digest)
        if checkpoint is None:
            return Head()
        report.add(_faults_of_checkpoint(checkpoint, [record.details for record in pruned]))
        return Head(checkpoint.position, checkpoint.digest)

    async def _chain(self, after: int) -> AsyncIterator[Linked]:
        """Page by page: neither memory nor the time of a connection grows with the chain."""
        while True:
            async with self._database.read() as session:
                page = await audit.chain(session, after, PAGE)
            for linked in page:
                yield linked
            if len(page) < PAGE:
                return
            after = page[-1][1].position

    async def _look_at_unlinked(self, report: Report) -> None:
        before = self._clock.now() - GRACE
        async with self._database.read() as session:
            lost = await audit.unlinked(session, before, MAX_FAULTS)
            report.pending = await audit.count_pending(session)
        report.add(Fault("record_not_linked", None, str(record.id)) for record in lost)


def _faults_of(record: AuditRecord | None, link: AuditLink, before: Head) -> Iterator[Fault]:
    record_id = str(link.record_id)
    if link.position != before.position + 1:
        yield Fault("link_missing", before.position + 1, None)
    elif link.previous != before.digest:
        yield Fault("chain_broken", link.position, record_id)
    if digest(link) != link.digest:
        yield Fault("link_altered", link.position, record_id)
    if record is None:
        yield Fault("record_missing", link.position, record_id)
    elif record_hash(record) != link.record_hash:
        yield Fault("record_altered", link.position, record_id)


def _faults_of_checkpoint(checkpoint: AuditCheckpoint, told: list[str]) -> Iterator[Fault]:
    """A checkpoint must be what the record of its making says."""
    if checkpoint_details(checkpoint) not in [json.loads(details) for details in told]:
        yield Fault("checkpoint_altered", checkpoint.position, None)


def checkpoint_details(checkpoint: AuditCheckpoint) -> dict[str, int | str]:
    """What the audit says of a checkpoint."""
    return {
        "position": checkpoint.position,
        "digest": checkpoint.digest,
        "removed": checkpoint.removed,
        "atMicroseconds": microseconds(checkpoint.at),
    }
