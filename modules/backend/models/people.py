import uuid
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Person(Base):
    """Somebody who signed in. `tenant_id` and `object_id` are the token's `tid` and `oid`."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("tenant_id", "object_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    object_id: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    created_at: Mapped[datetime]
