"""Wire shapes of the audit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from modules.backend.schemas.base import WireModel


class AuditRecordOut(WireModel):
    id: UUID
    at: datetime
    kind: str
    actor_id: UUID | None
    """A person, or null for what no person did."""
    conversation_id: UUID | None
    run_id: UUID | None
    proposal_id: UUID | None
    details: dict[str, Any]
    position: int | None
    """The place in the chain; null for a moment."""
    digest: str | None


class AuditPage(WireModel):
    items: list[AuditRecordOut]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""


class AuditFault(WireModel):
    code: str
    position: int | None
    record_id: str | None


class AuditReport(WireModel):
    holds: bool
    first: int
    last: int
    head: str
    """The digest at `last`. Keep it elsewhere: it proves later that nothing was cut off."""
    links: int
    pending: int
    faults: list[AuditFault]


class PacketRecord(WireModel):
    """A record as the chain hashes it: times in microseconds, details as text."""

    id: UUID
    at_microseconds: int
    kind: str
    actor_id: UUID | None
    conversation_id: UUID | None
    run_id: UUID | None
    proposal_id: UUID | None
    details: str


class PacketLink(WireModel):
    position: int
    record_id: UUID
    record_hash: str
    previous: str
    digest: str
    linked_at_microseconds: int


class PacketProposal(WireModel):
    id: UUID
    kind: str
    status: str
    arguments: dict[str, Any] | None
    card: dict[str, Any] | None
    """Null once the person's data was erased; its hash is still in the records."""


class AuditPacket(WireModel):
    """Everything about one proposal, to be verified without this product."""

    format: int = 1
    exported_at: datetime
    proposal: PacketProposal
    records: list[PacketRecord]
    links: list[PacketLink]
    """The chain from the first of the records to its head, without a gap."""
