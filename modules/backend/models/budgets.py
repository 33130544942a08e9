from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from modules.backend.models.base import Base


class Budget(Base):
    """What one scope has spent on a day (UTC), and what its open calls may still cost.

    The scope is a person's id, or `all`. Every figure can be made again from the ledger: `spent` is
    the sum of what its settled rows cost, `reserved` of what its open rows reserve. `passed_at` is
    when a soft budget was passed.
    """

    __tablename__ = "budgets"

    scope: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    spent: Mapped[Decimal] = mapped_column(Numeric(), server_default=text("0"))
    reserved: Mapped[Decimal] = mapped_column(Numeric(), server_default=text("0"))
    passed_at: Mapped[datetime | None]
