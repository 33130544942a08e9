import uuid
from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Feedback(Base):
    """What the owner of a conversation last said of one of its answers. It goes with the answer.

    `rating` is `up` or `down`. `provider` and `model` made the answer's last part, null where no
    call is known.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "message_id"],
            ["messages.conversation_id", "messages.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("conversation_id", "message_id"),
        Index(None, "given_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True, server_default=text("gen_random_uuid()")
    )
    conversation_id: Mapped[uuid.UUID]
    message_id: Mapped[str]
    rating: Mapped[str]
    comment: Mapped[str | None]
    provider: Mapped[str | None]
    model: Mapped[str | None]
    given_at: Mapped[datetime]
