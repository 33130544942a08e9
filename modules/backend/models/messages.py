import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Message(Base):
    """One message, written once. Its id is the protocol's: a string, unique in its conversation.

    `steps` are the tool calls of an answer, in order, each with what it brought.
    `withdrawn_at` is set when an edit or a new answer takes its place: it is then no part of the
    conversation any more.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index(
            None,
            "conversation_id",
            "position",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str]
    content: Mapped[str]
    status: Mapped[str]
    steps: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    run_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
