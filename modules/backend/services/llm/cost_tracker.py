"""The ledger: a row is opened before an attempt reaches a vendor and settled after it.

The row is the reservation. Whatever becomes of the process, it is there, and the next owner of the
run or the nightly proof settles it. No connection is held while a vendor is awaited.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.database import Database, Session
from modules.backend.core.errors import Conflict
from modules.backend.core.instruments import LLM_COST
from modules.backend.core.observability import get_logger
from modules.backend.core.settings_llm import LLMSettings
from modules.backend.models import ModelCall
from modules.backend.repositories import model_calls, runs
from modules.backend.services.llm.budgets import Budgets, Passed, Settlement
from modules.backend.services.llm.pricing import Prices, Tariff
from modules.backend.services.llm.provider import Attempt
from modules.backend.services.llm.settlement import of_attempt, of_dead, of_unsent

log = get_logger(__name__)

CHAT = "chat"
"""The purpose of the calls that make a run's answer; a run's end settles them."""
TITLE = "title"
SUMMARY = "summary"

Values = dict[str, Any]
Becomes = Callable[[ModelCall], Values | None]
"""What an open row becomes; None leaves it open."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What calls are for, and who pays. Outside of a run, `run_id` is that of the work itself."""

    run_id: uuid.UUID
    conversation_id: uuid.UUID | None
    """None for what belongs to no conversation."""
    person_id: uuid.UUID
    purpose: str
    generation: int = 1


@dataclass(frozen=True, slots=True)
class TrackedCall:
    """An attempt, filled in while it goes on, and the number of its row."""

    number: int
    attempt: Attempt
    tariff: Tariff | None


@dataclass(slots=True)
class Account:
    """The calls that one process makes on one bill. The bill's generation may rise meanwhile."""

    bill: Bill
    calls: list[TrackedCall] = field(default_factory=list)


class CostTracker:
    def __init__(
        self,
        database: Database,
        prices: Prices,
        settings: LLMSettings,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._database = database
        self._prices = prices
        self._budgets = Budgets(settings)
        self._max_output_tokens = settings.llm_max_output_tokens
        self._clock = clock
        self._new_id = new_id

    async def reserve(self, account: Account, attempt: Attempt) -> None:
        """Opens the attempt's row and takes what it may cost from the budgets.

        To be awaited before the vendor hears of it. Earlier attempts that have ended are settled
        on the way. Raises BudgetExceeded, Conflict `run_lost` for a run that is somebody else's
        by now, Unavailable; the attempt must not be made then.
        """
        bill = account.bill
        tariff = self._prices.tariff(attempt.provider, attempt.model, attempt.started_at)
        passed: list[Passed] = []
        async with self._database.transaction() as session:
            await self._check_held(session, bill)
            settled = await self._settle_ended(session, account)
            row = self._row(bill, attempt, tariff)
            while (number := await model_calls.open_next(session, **row)) is None:
                pass  # somebody else's call is in now: the next number is free, or taken likewise
            await self._budgets.settle(session, bill.person_id, settled)
            if row["reserved"] is not None:
                passed = await self._budgets.reserve(
                    session, bill.person_id, row["reserved"], attempt.started_at
                )
        account.calls.append(TrackedCall(number, attempt, tariff))
        for budget in passed:
            budget.tell()

    async def settle(self, session: Session, account: Account) -> None:
        """Settles the attempts of this process that have ended."""
        days = await self._settle_ended(session, account)
        await self._budgets.settle(session, account.bill.person_id, days)

    async def settle_run(self, session: Session, account: Account) -> Sequence[ModelCall]:
        """Settles all that a run has open, as part of its end; returns all its rows.

        Rows of earlier generations are of processes that died; a row of this one that the account
        does not know was stored by a transaction whose outcome the process never learned.
        """
        now, generation = self._clock.now(), account.bill.generation
        numbers = {tracked.number for tracked in account.calls}

        def becomes(call: ModelCall) -> Values | None:
            if call.generation < generation:
                return of_dead(call, "taken_over", now)
            return _ended(account, call) if call.call in numbers else of_unsent(call, now)

        calls = await model_calls.lock_run(session, account.bill.run_id, account.bill.purpose)
        mine = [call for call in calls if call.generation <= generation]
        days = await _settle_rows(session, mine, becomes)
        await self._budgets.settle(session, account.bill.person_id, days)
        return mine

    async def settle_lost(self, before: datetime, limit: int) -> int:
        """Settles rows that were opened before then and that nobody closed; returns how many.

        Each in a transaction of its own: they are of several people, and budgets are taken in turn.
        """
        async with self._database.read() as session:
            ids = await model_calls.open_before(session, before, limit)
        lost = 0
        for call_id in ids:
            async with self._database.transaction() as session:
                call = await model_calls.lock_open(session, call_id)
                if call is None:
                    continue
                now = self._clock.now()
                days = await _settle_rows(session, [call], lambda c: of_dead(c, "lost", now))  # noqa: B023  # called at once
                await self._budgets.settle(session, call.person_id, days)
            lost += 1
        return lost

    async def _check_held(self, session: Session, bill: Bill) -> None:
        if bill.purpose == CHAT and not await runs.hold(session, bill.run_id, bill.generation):
            raise Conflict("run_lost", "Another process goes on with this answer.")

    async def _settle_ended(self, session: Session, account: Account) -> dict[date, Settlement]:
        if not account.calls:
            return {}
        calls = await model_calls.lock_run(session, account.bill.run_id, account.bill.purpose)
        return await _settle_rows(session, calls, lambda call: _ended(account, call))

    def _row(self, bill: Bill, attempt: Attempt, tariff: Tariff | None) -> Values:
        row: Values = {
            "id": self._new_id(),
            "run_id": bill.run_id,
            "conversation_id": bill.conversation_id,
            "person_id": bill.person_id,
            "generation": bill.generation,
            "purpose": bill.purpose,
            "provider": attempt.provider,
            "model": attempt.model,
            "outcome": "open",
            "is_estimate": True,
            "input_tokens": attempt.input_estimate,
            "day": attempt.started_at.date(),
            "started_at": attempt.started_at,
            "reserved": None,
        }
        if tariff is not None:
            output = attempt.output_bound or self._max_output_tokens
            row |= {
                "reserved": tariff.bound(attempt.input_bound, output),
                "price": tariff.rates(attempt.input_estimate).stored(),
                "price_source": tariff.source,
                "price_date": tariff.day,
            }
        return row


def _ended(account: Account, call: ModelCall) -> Values | None:
    """What a row becomes whose attempt this process made and has ended."""
    if call.generation != account.bill.generation:
        return None
    for tracked in account.calls:
        if tracked.number == call.call and tracked.attempt.ended_at is not None:
            return of_attempt(tracked.attempt, tracked.tariff)
    return None


async def _settle_rows(
    session: Session, calls: Sequence[ModelCall], becomes: Becomes
) -> dict[date, Settlement]:
    """Settles the open ones of locked rows; returns what that does to the budgets, by day."""
    days: dict[date, Settlement] = defaultdict(Settlement)
    for call in calls:
        values = becomes(call) if call.outcome == "open" else None
        if values is None:
            continue
        await model_calls.settle(session, call, values)
        # Counted when it is booked: a commit that fails counts twice, which the ledger never does.
        booked = {"gen_ai.provider.name": call.provider, "gen_ai.request.model": call.model}
        LLM_COST.add(float(values["cost"] or 0), booked)
        if call.price_source is not None:
            days[call.day].released += call.reserved or Decimal(0)
            days[call.day].spent += values["cost"] or Decimal(0)
    return days
