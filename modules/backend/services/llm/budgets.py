"""Budgets in US dollars: for one person and a day, for all and a day. Days are those of UTC.

What a call may cost is reserved before it and settled after it, always the person's budget first
and then that of all: who waits for a counter holds none that is behind it.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from modules.backend.core.database import Session
from modules.backend.core.errors import AppError
from modules.backend.core.instruments import LLM_BUDGET_LEFT
from modules.backend.core.observability import get_logger
from modules.backend.core.settings_llm import LLMSettings
from modules.backend.repositories import budgets
from modules.backend.repositories.budgets import ALL

log = get_logger(__name__)


class BudgetExceeded(AppError):
    """What is left of a budget does not pay for the call. Nothing was reserved."""

    status = 429


@dataclass(frozen=True, slots=True)
class Passed:
    """A soft budget that was passed for the first time on its day."""

    scope: str
    day: date
    limit: Decimal

    def tell(self) -> None:
        log.warning("llm.budget_passed", scope=self.scope, day=str(self.day), limit=str(self.limit))


@dataclass(slots=True)
class Settlement:
    """What calls of one day came to."""

    spent: Decimal = Decimal(0)
    released: Decimal = Decimal(0)


class Budgets:
    def __init__(self, settings: LLMSettings) -> None:
        self._person_limit = settings.llm_budget_person_day
        self._all_limit = settings.llm_budget_all_day
        self._is_hard = settings.llm_budget_mode == "hard"

    async def reserve(
        self, session: Session, person_id: uuid.UUID, amount: Decimal, now: datetime
    ) -> list[Passed]:
        """Takes the amount from the budgets of the day. Raises BudgetExceeded if they are hard.

        Returns those that were passed now, to be told when the transaction has ended well.
        """
        passed = []
        for scope, limit in ((str(person_id), self._person_limit), (ALL, self._all_limit)):
            hard_limit = limit if self._is_hard else None
            counter = await budgets.reserve(session, scope, now.date(), amount, hard_limit)
            if counter is None:
                raise _exceeded(scope)
            if scope == ALL and limit is not None:
                LLM_BUDGET_LEFT.set(float(limit - counter.spent - counter.reserved))
            is_over = limit is not None and counter.spent + counter.reserved > limit
            if is_over and counter.passed_at is None:
                await budgets.mark_passed(session, scope, now.date(), now)
                assert limit is not None
                passed.append(Passed(scope, now.date(), limit))
        return passed

    async def settle(
        self, session: Session, person_id: uuid.UUID, days: Mapping[date, Settlement]
    ) -> None:
        """Books what a person's calls came to, by the days on which they were reserved."""
        for day, settled in sorted(days.items()):
            for scope in (str(person_id), ALL):
                await budgets.settle(
                    session, scope, day, spent=settled.spent, released=settled.released
                )


def _exceeded(scope: str) -> BudgetExceeded:
    whose = "the company's budget" if scope == ALL else "your budget"
    return BudgetExceeded(
        "budget_exceeded",
        f"What is left of {whose} for the assistant does not pay for another answer today."
        " It is full again at midnight UTC.",
    )
