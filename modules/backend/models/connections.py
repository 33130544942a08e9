import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Connection(Base):
    """That a person lets us act for them at SailPoint, with their tokens.

    `sealed` holds them, encrypted for this person alone. `version` goes up with each refresh;
    whoever refreshes has until `refreshing_until`.
    """

    __tablename__ = "sailpoint_connections"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    identity_id: Mapped[str]
    sealed: Mapped[bytes]
    version: Mapped[int] = mapped_column(BigInteger)
    refreshing_until: Mapped[datetime | None]
    connected_at: Mapped[datetime]
    refreshed_at: Mapped[datetime]
