import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class AuditRecord(Base):
    """One fact, stored in the transaction that made it one. Never changed: a trigger refuses it.

    `details` is JSON as text, byte for byte what the chain covers. `actor_id` names nobody by
    itself and refers to no row: it outlives the person's data.
    """

    __tablename__ = "audit_records"
    __table_args__ = (
        Index(None, "at", "id"),
        Index(None, "actor_id", "at"),
        Index(None, "run_id"),
        Index(None, "proposal_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True, server_default=text("gen_random_uuid()")
    )
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    conversation_id: Mapped[uuid.UUID | None]
    run_id: Mapped[uuid.UUID | None]
    proposal_id: Mapped[uuid.UUID | None]
    details: Mapped[str] = mapped_column(Text)


class AuditPending(Base):
    """A record that has no place in the chain yet."""

    __tablename__ = "audit_pending"

    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audit_records.id"), primary_key=True)


class AuditLink(Base):
    """A record's place in the chain, from 1 without a gap. Hashes are SHA-256 in hexadecimal."""

    __tablename__ = "audit_links"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    record_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    record_hash: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str]
    linked_at: Mapped[datetime]


class AuditCheckpoint(Base):
    """Where the chain begins since older records were removed: the last link that is gone."""

    __tablename__ = "audit_checkpoints"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str]
    removed: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
