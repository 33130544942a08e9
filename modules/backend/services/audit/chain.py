"""How a record is hashed, and how its place in the chain is. SHA-256 over JSON lists.

A link covers the record by its hash alone, so that a packet can show the chain between two records
without showing what lies between them. Times are microseconds since 1970 in UTC.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from modules.backend.models import AuditLink, AuditRecord

BEGINNING = "0" * 64
"""What the first link of all says was before it."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Head:
    """The last link, or what stands for it."""

    position: int = 0
    digest: str = BEGINNING


def microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def record_hash(record: AuditRecord) -> str:
    return _hash(
        [
            str(record.id),
            microseconds(record.at),
            record.kind,
            _text(record.actor_id),
            _text(record.conversation_id),
            _text(record.run_id),
            _text(record.proposal_id),
            record.details,
        ]
    )


def digest(link: AuditLink) -> str:
    return _hash(
        [
            link.position,
            link.previous,
            str(link.record_id),
            link.record_hash,
            microseconds(link.linked_at),
        ]
    )


def linked(head: Head, records: Sequence[AuditRecord], now: datetime) -> list[AuditLink]:
    """The links that put the records behind the head, in their order."""
    links = []
    for record in records:
        link = AuditLink(
            position=head.position + 1,
            record_id=record.id,
            record_hash=record_hash(record),
            previous=head.digest,
            linked_at=now,
        )
        link.digest = digest(link)
        links.append(link)
        head = Head(link.position, link.digest)
    return links


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _hash(parts: list[str | int | None]) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()
