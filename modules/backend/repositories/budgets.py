"""SQL of budgets. Whoever writes to several takes them in the order of (day, person before all)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, func, or_, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import String

from modules.backend.models import Budget, ModelCall

ALL = "all"
"""The scope of the whole company."""

CounterRow = Row[Any]
"""spent, reserved, passed_at"""
DifferenceRow = Row[Any]
"""scope, day, spent, reserved, ledger_spent, ledger_reserved"""


async def reserve(
    session: AsyncSession, scope: str, day: date, amount: Decimal, limit: Decimal | None
) -> CounterRow | None:
    """Takes an amount if that stays within the limit. None if it would not; nothing changed then.

    The counter stays locked to the transaction's end, so that nobody decides on an old figure.
    """
    if limit is not None and amount > limit:
        return None
    statement = insert(Budget).values(scope=scope, day=day, reserved=amount)
    taken = statement.on_conflict_do_update(
        index_elements=[Budget.scope, Budget.day],
        set_={"reserved": Budget.reserved + amount},
        where=None if limit is None else Budget.spent + Budget.reserved + amount <= limit,
    ).returning(Budget.spent, Budget.reserved, Budget.passed_at)
    return cast("CounterRow | None", (await session.execute(taken)).one_or_none())


async def settle(
    session: AsyncSession, scope: str, day: date, *, spent: Decimal, released: Decimal
) -> None:
    """Gives back what was reserved and books what it came to."""
    statement = insert(Budget).values(scope=scope, day=day, spent=spent, reserved=-released)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Budget.scope, Budget.day],
            set_={"spent": Budget.spent + spent, "reserved": Budget.reserved - released},
        )
    )


async def mark_passed(session: AsyncSession, scope: str, day: date, now: datetime) -> bool:
    """Notes that the budget was passed. False if it had been noted before."""
    marked = await session.execute(
        update(Budget)
        .where(Budget.scope == scope, Budget.day == day, Budget.passed_at.is_(None))
        .values(passed_at=now)
        .returning(Budget.scope)
    )
    return marked.scalar_one_or_none() is not None


async def differences(
    session: AsyncSession, first: date, last: date, limit: int
) -> list[DifferenceRow]:
    """The counters of those days that are not what the ledger's rows add up to.

    One statement, so that both sides are of one moment.
    """
    per_person = _sums(sql_cast(ModelCall.person_id, String), first, last)
    booked = per_person.union_all(_sums(sql_cast(ALL, String), first, last)).subquery("booked")
    counted = (
        select(Budget.scope, Budget.day, Budget.spent, Budget.reserved)
        .where(Budget.day.between(first, last))
        .subquery("counted")
    )
    spent, reserved = func.coalesce(counted.c.spent, 0), func.coalesce(counted.c.reserved, 0)
    in_ledger = func.coalesce(booked.c.spent, 0), func.coalesce(booked.c.reserved, 0)
    statement = (
        select(
            func.coalesce(counted.c.scope, booked.c.scope).label("scope"),
            func.coalesce(counted.c.day, booked.c.day).label("day"),
            spent.label("spent"),
            reserved.label("reserved"),
            in_ledger[0].label("ledger_spent"),
            in_ledger[1].label("ledger_reserved"),
        )
        .select_from(counted)
        .join(
            booked,
            (counted.c.scope == booked.c.scope) & (counted.c.day == booked.c.day),
            full=True,
        )
        .where(or_(spent != in_ledger[0], reserved != in_ledger[1]))
        .order_by("day", "scope")
        .limit(limit)
    )
    return cast("list[DifferenceRow]", (await session.execute(statement)).all())


def _sums(scope: ColumnElement[str], first: date, last: date):  # type: ignore[no-untyped-def]  # SQLAlchemy's own type is private
    """What the ledger says of those days. A row without a price is on no counter."""
    is_open = ModelCall.outcome == "open"
    return (
        select(
            scope.label("scope"),
            ModelCall.day.label("day"),
            func.coalesce(func.sum(ModelCall.cost).filter(~is_open), 0).label("spent"),
            func.coalesce(func.sum(ModelCall.reserved).filter(is_open), 0).label("reserved"),
        )
        .where(ModelCall.day.between(first, last), ModelCall.price_source.is_not(None))
        .group_by(scope, ModelCall.day)
    )
