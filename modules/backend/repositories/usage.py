"""SQL of usage: what the settled rows of the ledger add up to."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, String, func, literal, select, tuple_
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Conversation, ModelCall, Person

SumsRow = Row[Any]
"""calls, the token columns, cost, unknown_cost_calls, estimated_calls"""
GroupRow = Row[Any]
"""key, name, rank, and the columns of SumsRow"""
Place = tuple[Decimal, str]
"""The rank and the key of a group."""


@dataclass(frozen=True, slots=True)
class Range:
    """Whose calls, of which days. `person_id` None means everybody's."""

    person_id: uuid.UUID | None
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _Grouping:
    key: ColumnElement[str]
    name: ColumnElement[Any]
    by: tuple[Any, ...]
    is_ranked: bool = True
    """Dearest first; else by the key, the highest first."""


_UNNAMED = sql_cast(None, String)


def _grouping(by: str, viewer_id: uuid.UUID) -> _Grouping:
    """`viewer_id` is whose conversations may be called by their titles, which tell what was said.

    What belongs to no conversation that is there has the empty key.
    """
    day = sql_cast(ModelCall.day, String)
    model = ModelCall.provider + "/" + ModelCall.model
    own_title = func.max(Conversation.title).filter(Conversation.person_id == viewer_id)
    groupings: Mapping[str, _Grouping] = {
        "day": _Grouping(day, _UNNAMED, (ModelCall.day,), is_ranked=False),
        "model": _Grouping(model, func.max(ModelCall.model), (ModelCall.provider, ModelCall.model)),
        "person": _Grouping(
            sql_cast(ModelCall.person_id, String), func.max(Person.name), (ModelCall.person_id,)
        ),
        "conversation": _Grouping(
            func.coalesce(sql_cast(Conversation.id, String), ""), own_title, (Conversation.id,)
        ),
    }
    return groupings[by]


def _sums() -> tuple[ColumnElement[Any], ...]:
    return (
        func.count().label("calls"),
        _sum(ModelCall.input_tokens, "input_tokens"),
        _sum(ModelCall.cached_input_tokens, "cached_input_tokens"),
        _sum(ModelCall.cache_write_tokens, "cache_write_tokens"),
        _sum(ModelCall.output_tokens, "output_tokens"),
        _sum(ModelCall.reasoning_tokens, "reasoning_tokens"),
        _sum(ModelCall.cost, "cost"),
        func.count().filter(ModelCall.cost.is_(None)).label("unknown_cost_calls"),
        func.count().filter(ModelCall.is_estimate).label("estimated_calls"),
    )


def _sum(column: Any, name: str) -> ColumnElement[Any]:
    return func.coalesce(func.sum(column), 0).label(name)


def _within(span: Range) -> list[ColumnElement[bool]]:
    conditions = [ModelCall.day.between(span.first, span.last), ModelCall.outcome != "open"]
    if span.person_id is not None:
        conditions.append(ModelCall.person_id == span.person_id)
    return conditions


async def total(session: AsyncSession, span: Range) -> SumsRow:
    found = await session.execute(select(*_sums()).where(*_within(span)))
    return found.one()


async def page(
    session: AsyncSession,
    span: Range,
    *,
    by: str,
    viewer_id: uuid.UUID,
    after: Place | None,
    limit: int,
) -> list[GroupRow]:
    """The groups behind the given place: dearest first, days latest first."""
    grouping = _grouping(by, viewer_id)
    rank = func.coalesce(func.sum(ModelCall.cost), 0) if grouping.is_ranked else literal(0)
    groups = (
        select(grouping.key.label("key"), grouping.name.label("name"), rank.label("rank"), *_sums())
        .select_from(ModelCall)
        .where(*_within(span))
        .group_by(*grouping.by)
    )
    if by == "person":
        groups = groups.outerjoin(Person, Person.id == ModelCall.person_id)
    if by == "conversation":
        groups = groups.outerjoin(Conversation, Conversation.id == ModelCall.conversation_id)
    found = groups.subquery()
    statement = select(found).order_by(found.c.rank.desc(), found.c.key.desc()).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(found.c.rank, found.c.key) < tuple_(*after))
    return cast("list[GroupRow]", (await session.execute(statement)).all())
