import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Process(Base):
    """A process that may own runs, alive while the database's clock is before `lease_until`."""

    __tablename__ = "processes"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    build: Mapped[str]
    started_at: Mapped[datetime]
    lease_until: Mapped[datetime]
