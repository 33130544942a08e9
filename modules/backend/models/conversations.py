import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Conversation(Base):
    """A thread. `next_position` numbers its messages; taking one locks the conversation."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "person_id", "updated_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    title: Mapped[str | None]
    next_position: Mapped[int] = mapped_column(BigInteger, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
