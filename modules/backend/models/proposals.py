import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Proposal(Base):
    """One change at SailPoint that waits for a person's word, exactly as it will be sent.

    `status` goes `draft → pending → confirmed → sending → done | refused | unknown`, or ends as
    `declined`, `expired` or `void`. Its id is the reference that travels with the change, by which
    it is found again at SailPoint. `look_at` is when the executor should look at it next, null
    when nothing is to be done.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        Index(
            "uq_proposals_one_in_flight",
            "target",
            unique=True,
            # An unknown one that is watched no longer must not stand in the way for ever.
            postgresql_where=text(
                "status IN ('confirmed', 'sending') OR (status = 'unknown' AND look_at IS NOT NULL)"
            ),
        ),
        Index("ix_proposals_due", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index(None, "person_id", "created_at"),
        Index(None, "run_id"),
        Index(None, "resumed_by"),
        Index(None, "conversation_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    format: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="SET NULL")
    )
    run_id: Mapped[uuid.UUID | None]
    generation: Mapped[int | None]
    resumed_by: Mapped[uuid.UUID | None]
    """The run that took the person's word along."""
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    arguments_hash: Mapped[str]
    card: Mapped[dict[str, Any]] = mapped_column(JSONB)
    target: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default="0")
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    """From when on it may have arrived. None: nothing of it can have left yet."""
    settled_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
