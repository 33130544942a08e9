"""What calls of the model came to: a person's own, or everybody's for an administrator."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.errors import Forbidden, InvalidInput
from modules.backend.core.security import ADMIN_ROLE
from modules.backend.core.text import is_storable
from modules.backend.repositories import usage
from modules.backend.repositories.usage import GroupRow, Place, Range
from modules.backend.schemas.usage import UsageBy, UsageGroup, UsagePage, UsageScope, UsageSums
from modules.backend.services.cursors import cursor_of, not_a_cursor, read_cursor
from modules.backend.services.people import Person

DEFAULT_DAYS = 30
MAX_DAYS = 366
MAX_PAGE = 100
_RANK = re.compile(r"[0-9]{1,20}(\.[0-9]{1,60})?")


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """Which calls, and how to group them. Both days are included; None is left to the server."""

    by: UsageBy
    scope: UsageScope
    first: date | None
    last: date | None
    cursor: str | None
    limit: int


class UsageReports:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, person: Person, query: UsageQuery) -> UsagePage:
        """A page of groups, dearest first, days latest first; and what all of them come to.

        Raises Forbidden for everybody's usage without the role, InvalidInput for a range out of
        bounds or a cursor that is not one of ours.
        """
        if query.scope == "all" and ADMIN_ROLE not in person.roles:
            raise Forbidden(
                "forbidden",
                f"Only who has the role {ADMIN_ROLE} sees everybody's usage. Ask for yours.",
            )
        first, last = day_range(query.first, query.last, self._clock.now().date())
        after = _read_cursor(query.cursor) if query.cursor else None
        span = Range(person.id if query.scope == "own" else None, first, last)
        async with self._database.read() as session:
            total = await usage.total(session, span)
            rows = await usage.page(
                session,
                span,
                by=query.by,
                viewer_id=person.id,
                after=after,
                limit=query.limit + 1,
            )
        shown = rows[: query.limit]
        return UsagePage(
            by=query.by,
            scope=query.scope,
            first=first,
            last=last,
            total=UsageSums.model_validate(total),
            items=[_group(row) for row in shown],
            next_cursor=_cursor(shown[-1]) if len(rows) > query.limit else None,
        )


def day_range(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """The days of a report, the last 30 up to today if not said.

    Raises InvalidInput for a range that is empty or too long.
    """
    last = last or today
    try:
        first = first or last - timedelta(days=DEFAULT_DAYS - 1)
    except OverflowError:
        first = date.min
    if not 0 <= (last - first).days < MAX_DAYS:
        raise InvalidInput(
            "invalid_input", f"The days must be in order, and {MAX_DAYS} of them at most."
        )
    return first, last


def _group(row: GroupRow) -> UsageGroup:
    values = dict(row._mapping)
    return UsageGroup.model_validate(values | {"key": values["key"] or None})


def _cursor(last: GroupRow) -> str:
    return cursor_of(f"{last.rank:f}", last.key)


def _read_cursor(cursor: str) -> Place:
    rank, key = read_cursor(cursor)
    if not (_RANK.fullmatch(rank) and is_storable(key)):
        raise not_a_cursor()
    return Decimal(rank), key
