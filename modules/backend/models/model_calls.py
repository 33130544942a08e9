import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class ModelCall(Base):
    """The ledger: one row for each attempt that reached a model, kept when its conversation goes.

    `outcome` is `finished`, `stopped`, or the code of the error. `is_estimate` marks tokens that
    were estimated because the vendor counted none.
    Token counts are null where the vendor reported none, cost is null where the price is unknown:
    unknown is not zero.
    """

    __tablename__ = "model_calls"
    __table_args__ = (UniqueConstraint("run_id", "purpose", "generation", "call"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    run_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(index=True)
    generation: Mapped[int]
    call: Mapped[int]
    purpose: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str]
    outcome: Mapped[str] = mapped_column(server_default="finished")
    is_estimate: Mapped[bool] = mapped_column(server_default=false())
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    cached_input_tokens: Mapped[int | None]
    reasoning_tokens: Mapped[int | None]
    cost: Mapped[Decimal | None] = mapped_column(Numeric(20, 10))
    currency: Mapped[str | None]
    raw_usage: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
