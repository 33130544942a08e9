import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Watch(Base):
    """What somebody who is here should be told of: their requests, and what waits for them.

    `requests` and `approvals` are what was seen last, by id; null until somebody has looked.
    `present_until` goes on while the person does. `look_at` is when the worker looks next;
    `looks` counts those that brought nothing new.
    """

    __tablename__ = "watches"
    __table_args__ = (Index(None, "look_at"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    requests: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    approvals: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    present_until: Mapped[datetime]
    look_at: Mapped[datetime]
    looks: Mapped[int] = mapped_column(server_default="0")
