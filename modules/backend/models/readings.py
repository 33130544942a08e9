import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Reading(Base):
    """What the small model made of some content, written once and shared by all who see it.

    `hash` is that of the content alone, so it holds nothing of who asked.
    """

    __tablename__ = "readings"

    hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    text: Mapped[str]
    model: Mapped[str]
    created_at: Mapped[datetime]


class ReadingWish(Base):
    """Content that a person sees and that is not read yet. It goes when it is read, or given up.

    `subject` is the review that it is part of, empty for approvals. `rank` is 0 for what is on
    screen. Whoever reads it holds it until `taken_until`.
    """

    __tablename__ = "reading_wishes"
    __table_args__ = (
        Index(None, "person_id", "rank", "wished_at"),
        Index(None, "wished_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rank: Mapped[int] = mapped_column(SmallInteger)
    attempts: Mapped[int] = mapped_column(server_default="0")
    wished_at: Mapped[datetime]
    taken_until: Mapped[datetime | None]
