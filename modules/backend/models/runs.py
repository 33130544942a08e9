import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Run(Base):
    """One question and the making of its answer.

    `owner_id` is the process that generates it, `fence` the generation: every write of a run names
    the fence it holds, so that an owner that was replaced changes nothing.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index(
            "uq_runs_one_active",
            "conversation_id",
            unique=True,
            postgresql_where=text("status = 'running'"),
        ),
        Index("ix_runs_active_owner", "owner_id", postgresql_where=text("status = 'running'")),
        Index("ix_runs_active_person", "person_id", postgresql_where=text("status = 'running'")),
        Index(None, "conversation_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    input_hash: Mapped[str]
    question_id: Mapped[str]
    answer_id: Mapped[str]
    format: Mapped[int]
    status: Mapped[str]
    owner_id: Mapped[uuid.UUID]
    fence: Mapped[int]
    attempts: Mapped[int]
    cancel_requested_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # JSON, not JSONB, which would not keep the order of the keys: relays look at the first one.
    terminal: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
