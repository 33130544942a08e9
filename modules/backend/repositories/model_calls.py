"""SQL of the ledger: rows are opened, settled once, and never removed."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Row, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import ModelCall, Run

NumberingRow = Row[Any]
"""run_id, purpose, generation"""


async def open_next(session: AsyncSession, **values: Any) -> int | None:
    """Opens the next row of its run, purpose and generation; returns its number, from 1.

    None if somebody else took that number at the same moment: the next try sees theirs.
    """
    number = (
        select(func.coalesce(func.max(ModelCall.call), 0) + 1)
        .where(
            ModelCall.run_id == values["run_id"],
            ModelCall.purpose == values["purpose"],
            ModelCall.generation == values["generation"],
        )
        .scalar_subquery()
    )
    columns = ModelCall.__table__.c
    typed = [literal(value, columns[name].type) for name, value in values.items()]
    opened = await session.execute(
        insert(ModelCall)
        .from_select([*values, "call"], select(*typed, number))
        .on_conflict_do_nothing()
        .returning(ModelCall.call)
    )
    return opened.scalar_one_or_none()


async def carry(session: AsyncSession, run_id: uuid.UUID, purpose: str, generation: int) -> None:
    """Makes the calls of a generation those of the next one, which the same process makes."""
    await session.execute(
        update(ModelCall)
        .where(
            ModelCall.run_id == run_id,
            ModelCall.purpose == purpose,
            ModelCall.generation == generation,
        )
        .values(generation=generation + 1)
    )


async def lock_run(session: AsyncSession, run_id: uuid.UUID, purpose: str) -> Sequence[ModelCall]:
    """All rows of a run that have this purpose, locked, oldest first."""
    statement = (
        select(ModelCall)
        .where(ModelCall.run_id == run_id, ModelCall.purpose == purpose)
        .order_by(ModelCall.generation, ModelCall.call)
        .with_for_update()
    )
    return (await session.execute(statement)).scalars().all()


async def lock_open(session: AsyncSession, call_id: uuid.UUID) -> ModelCall | None:
    """The row, locked, if it is open and nobody else is settling it."""
    statement = (
        select(ModelCall)
        .where(ModelCall.id == call_id, ModelCall.outcome == "open")
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def last_model(
    session: AsyncSession, run_id: uuid.UUID, purpose: str
) -> tuple[str, str] | None:
    """The provider and the model of the run's last call for this purpose, None without one."""
    statement = (
        select(ModelCall.provider, ModelCall.model)
        .where(ModelCall.run_id == run_id, ModelCall.purpose == purpose)
        .order_by(ModelCall.generation.desc(), ModelCall.call.desc())
        .limit(1)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row.provider, row.model)


async def settle(session: AsyncSession, call: ModelCall, values: Mapping[str, Any]) -> None:
    """Writes what became of a row that the transaction has locked; the object follows."""
    await session.execute(update(ModelCall).where(ModelCall.id == call.id).values(**values))


async def open_before(session: AsyncSession, moment: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Rows that were opened before that moment and are open still, oldest first."""
    statement = (
        select(ModelCall.id)
        .where(ModelCall.outcome == "open", ModelCall.started_at < moment)
        .order_by(ModelCall.started_at)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def of_days(
    session: AsyncSession, first: date, last: date, *, after: uuid.UUID | None, limit: int
) -> Sequence[ModelCall]:
    """The settled rows of those days in the order of their ids, those behind the given one."""
    statement = select(ModelCall).where(
        ModelCall.day.between(first, last), ModelCall.outcome != "open"
    )
    if after is not None:
        statement = statement.where(ModelCall.id > after)
    return (await session.execute(statement.order_by(ModelCall.id).limit(limit))).scalars().all()


async def open_of_ended_runs(
    session: AsyncSession, first: date, last: date, purpose: str, limit: int
) -> Sequence[uuid.UUID]:
    """Runs that have ended and left a row of that purpose open."""
    statement = (
        select(ModelCall.run_id)
        .distinct()
        .join(Run, Run.id == ModelCall.run_id)
        .where(
            ModelCall.day.between(first, last),
            ModelCall.outcome == "open",
            ModelCall.purpose == purpose,
            Run.status != "running",
        )
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def misnumbered(
    session: AsyncSession, first: date, last: date, limit: int
) -> list[NumberingRow]:
    """Where the calls of one run, purpose and generation are not 1, 2, 3 … without a gap."""
    group = (ModelCall.run_id, ModelCall.purpose, ModelCall.generation)
    statement = (
        select(*group)
        .where(
            ModelCall.run_id.in_(select(ModelCall.run_id).where(ModelCall.day.between(first, last)))
        )
        .group_by(*group)
        .having((func.max(ModelCall.call) != func.count()) | (func.min(ModelCall.call) != 1))
        .limit(limit)
    )
    return cast("list[NumberingRow]", (await session.execute(statement)).all())
