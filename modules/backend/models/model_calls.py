import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Numeric, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class ModelCall(Base):
    """The ledger: one row for each attempt that reached a model, kept when its conversation goes.

    A row is made before the attempt, with outcome `open` and what it takes from the budgets in
    `reserved`; it is settled once. `outcome` then is `finished`, `stopped`, the code of the error,
    `taken_over` (its process died, another one went on), `lost` (it died, nobody did) or `unsent`
    (it died, or lost PostgreSQL, before the vendor heard of it). `is_estimate` marks tokens that
    were estimated because nobody counted them.
    Token counts are null where they are unknown, cost is null where tokens or price are: unknown is
    not zero. `price` are the rates per million tokens that the cost was made with, `price_source`
    and `price_date` whose and of which day; all three are null where nobody knows a price.
    """

    __tablename__ = "model_calls"
    __table_args__ = (
        UniqueConstraint("run_id", "purpose", "generation", "call"),
        Index(None, "person_id", "day"),
        Index(None, "day"),
        Index("ix_model_calls_open", "started_at", postgresql_where=text("outcome = 'open'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    run_id: Mapped[uuid.UUID]
    conversation_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID]
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
    cache_write_tokens: Mapped[int | None]
    reasoning_tokens: Mapped[int | None]
    # Without a precision: a price may have any number of digits, and none is rounded away.
    reserved: Mapped[Decimal | None] = mapped_column(Numeric())
    cost: Mapped[Decimal | None] = mapped_column(Numeric())
    currency: Mapped[str | None]
    price: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    price_source: Mapped[str | None]
    price_date: Mapped[date | None]
    raw_usage: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    day: Mapped[date] = mapped_column(server_default=text("(now() AT TIME ZONE 'utc')::date"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
