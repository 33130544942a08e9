"""Reading the audit. Whoever reads it is recorded, too."""

import json
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.errors import Conflict, InvalidInput, NotFound
from modules.backend.models import AuditLink, AuditRecord, Proposal
from modules.backend.repositories import audit, proposals
from modules.backend.repositories.audit import Filter
from modules.backend.schemas.audit import (
    AuditFault,
    AuditPacket,
    AuditPage,
    AuditRecordOut,
    AuditReport,
    PacketLink,
    PacketProposal,
    PacketRecord,
)
from modules.backend.schemas.base import WireModel
from modules.backend.services.audit import trail
from modules.backend.services.audit.chain import microseconds
from modules.backend.services.audit.trail import Kind
from modules.backend.services.audit.verifying import Verifier
from modules.backend.services.cursors import cursor_of, read_moment_and_id

MAX_PAGE = 200
MAX_PACKET_RECORDS = 1_000
MAX_PACKET_LINKS = 100_000
LATEST = 20_000
"""Links that are verified while somebody waits; the command verifies all."""


class Which(WireModel):
    """Which records; what is left out leaves a column open."""

    kind: Kind | None = None
    person_id: UUID | None = None
    conversation_id: UUID | None = None
    run_id: UUID | None = None
    proposal_id: UUID | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50

    def filter(self) -> Filter:
        return Filter(
            kind=self.kind.value if self.kind else None,
            actor_id=self.person_id,
            conversation_id=self.conversation_id,
            run_id=self.run_id,
            proposal_id=self.proposal_id,
            first=self.since,
            last=self.until,
        )


class Audit:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._verifier = Verifier(database, clock)

    async def page(self, which: Which) -> AuditPage:
        """Newest first. Raises InvalidInput for a cursor that is not one of ours."""
        before = read_moment_and_id(which.cursor) if which.cursor else None
        limit = which.limit
        async with self._database.read() as session:
            rows = await audit.page(session, which.filter(), before=before, limit=limit + 1)
        items = [_out(*row) for row in rows[:limit]]
        more = len(rows) > limit
        return AuditPage(items=items, next_cursor=_cursor(items[-1]) if more else None)

    async def verify(self) -> AuditReport:
        """Whether the latest part of the chain holds."""
        report = await self._verifier.verify(latest=LATEST)
        return AuditReport(
            holds=report.holds,
            first=report.first,
            last=report.last,
            head=report.head,
            links=report.links,
            pending=report.pending,
            faults=[AuditFault.model_validate(fault) for fault in report.faults],
        )

    async def packet(self, admin_id: UUID, proposal_id: UUID) -> AuditPacket:
        """Everything about a proposal, with the chain from its first record to the head.

        Raises NotFound, Conflict while a record of it waits for its place, InvalidInput where the
        chain since then is too long for one file.
        """
        async with self._database.read() as session:
            proposal = await proposals.get(session, proposal_id)
            found = await audit.page(
                session,
                Filter(proposal_id=proposal_id),
                before=None,
                limit=MAX_PACKET_RECORDS,
            )
        if proposal is None or not found:
            raise NotFound("proposal_not_found", "There is no such proposal in the audit.")
        positions = [link.position for _, link in found if link is not None]
        if len(positions) < len(found):
            raise Conflict("audit_pending", "A record was just made. Ask again in a moment.")
        links = await self._links(min(positions))
        await self.viewed(admin_id, "packet", Kind.EXPORTED, proposal=proposal_id)
        return AuditPacket(
            exported_at=self._clock.now(),
            proposal=_proposal(proposal),
            records=[_packed(row[0]) for row in reversed(found)],
            links=[_packed_link(link) for link in links],
        )

    async def viewed(
        self,
        person_id: UUID,
        what: str,
        kind: Kind = Kind.ADMIN_VIEWED,
        *,
        conversation: UUID | None = None,
        proposal: UUID | None = None,
        **details: Any,
    ) -> None:
        """Records that somebody looked at what is not theirs, or took something away as a file."""
        async with self._database.transaction() as session:
            await trail.record(
                session,
                self._clock.now(),
                kind,
                actor=person_id,
                conversation=conversation,
                proposal=proposal,
                what=what,
                **details,
            )

    async def _links(self, first: int) -> list[AuditLink]:
        async with self._database.read() as session:
            chain = await audit.chain(session, first - 1, MAX_PACKET_LINKS + 1)
        if len(chain) > MAX_PACKET_LINKS:
            raise InvalidInput(
                "packet_too_long", "The chain since then is too long for one file. Verify it here."
            )
        return [link for _, link in chain]


def _out(record: AuditRecord, link: AuditLink | None) -> AuditRecordOut:
    return AuditRecordOut(
        id=record.id,
        at=record.at,
        kind=record.kind,
        actor_id=record.actor_id,
        conversation_id=record.conversation_id,
        run_id=record.run_id,
        proposal_id=record.proposal_id,
        details=json.loads(record.details),
        position=link.position if link else None,
        digest=link.digest if link else None,
    )


def _packed(record: AuditRecord) -> PacketRecord:
    return PacketRecord(
        id=record.id,
        at_microseconds=microseconds(record.at),
        kind=record.kind,
        actor_id=record.actor_id,
        conversation_id=record.conversation_id,
        run_id=record.run_id,
        proposal_id=record.proposal_id,
        details=record.details,
    )


def _packed_link(link: AuditLink) -> PacketLink:
    return PacketLink(
        position=link.position,
        record_id=link.record_id,
        record_hash=link.record_hash,
        previous=link.previous,
        digest=link.digest,
        linked_at_microseconds=microseconds(link.linked_at),
    )


def _proposal(proposal: Proposal) -> PacketProposal:
    return PacketProposal(
        id=proposal.id,
        kind=proposal.kind,
        status=proposal.status,
        arguments=proposal.arguments or None,
        card=proposal.card or None,
    )


def _cursor(last: AuditRecordOut) -> str:
    return cursor_of(last.at.isoformat(), last.id)
