import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Summary(Base):
    """What a conversation said up to and with the message at `upto_position`, written once.

    It goes on from the summary up to `after_position`, 0 for the first, and takes its place; the
    key lets one alone do so. It stands while the message at `upto_position` is part of the
    conversation: an edit or a new answer withdraws all messages from its place on, so whatever it
    withdraws of those that the summary covers, it withdraws the last of them. `tokens` is an
    estimate.
    """

    __tablename__ = "summaries"

    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    format: Mapped[int] = mapped_column(primary_key=True)
    after_position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    upto_position: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str]
    model: Mapped[str]
    tokens: Mapped[int]
    created_at: Mapped[datetime]
