"""The proof of the ledger: what is said in two places must be the same in both.

It repairs nothing but rows that nobody is left to settle.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database, Session
from modules.backend.core.money import as_text
from modules.backend.core.observability import get_logger
from modules.backend.models import ModelCall
from modules.backend.repositories import budgets, model_calls
from modules.backend.services.llm.cost_tracker import CHAT, CostTracker
from modules.backend.services.llm.settlement import recomputed, usage_of

log = get_logger(__name__)

DAYS = 3
"""How long a day can still change: a run outlives midnight by minutes, a lost row by hours."""
LOST_AFTER = timedelta(hours=1)
"""Longer than any attempt, and than any take-over of it, lasts."""
MAX_LOST = 1_000
MAX_TOLD = 20
"""Of each kind of fault; one is enough to look for the reason."""
PAGE = 1_000


@dataclass(slots=True)
class Proof:
    """What was looked at, and every fault in words for an operator, without anybody's name."""

    first: date
    last: date
    calls: int = 0
    spent: Decimal = Decimal(0)
    lost: int = 0
    faults: list[str] = field(default_factory=list)


class LedgerProof:
    def __init__(self, database: Database, costs: CostTracker, clock: Clock) -> None:
        self._database = database
        self._costs = costs
        self._clock = clock

    async def prove(self) -> Proof:
        """Settles lost rows, checks the last days and logs what it found. Raises Unavailable."""
        now = self._clock.now()
        proof = Proof(now.date() - timedelta(days=DAYS - 1), now.date())
        proof.lost = await self._costs.settle_lost(now - LOST_AFTER, MAX_LOST)
        async with self._database.read() as session:
            proof.faults += await _counters(session, proof)
            proof.faults += await _left_open(session, proof)
            proof.faults += await _numbers(session, proof)
            await _costs(session, proof)
        _tell(proof)
        return proof


async def _counters(session: Session, proof: Proof) -> list[str]:
    rows = await budgets.differences(session, proof.first, proof.last, MAX_TOLD)
    return [
        f"budget of {row.scope} on {row.day}: spent {as_text(row.spent)} and reserved"
        f" {as_text(row.reserved)}, on the ledger {as_text(row.ledger_spent)} and"
        f" {as_text(row.ledger_reserved)}"
        for row in rows
    ]


async def _left_open(session: Session, proof: Proof) -> list[str]:
    runs = await model_calls.open_of_ended_runs(session, proof.first, proof.last, CHAT, MAX_TOLD)
    return [f"run {run_id}: has ended and left a call open" for run_id in runs]


async def _numbers(session: Session, proof: Proof) -> list[str]:
    rows = await model_calls.misnumbered(session, proof.first, proof.last, MAX_TOLD)
    return [
        f"run {row.run_id}: its calls for {row.purpose} in generation {row.generation} are not"
        " numbered from 1 without a gap"
        for row in rows
    ]


async def _costs(session: Session, proof: Proof) -> None:
    """Prices every settled row again."""
    after: uuid.UUID | None = None
    wrong: list[str] = []
    while calls := await model_calls.of_days(
        session, proof.first, proof.last, after=after, limit=PAGE
    ):
        proof.calls += len(calls)
        proof.spent += sum((call.cost or Decimal(0) for call in calls), Decimal(0))
        wrong = [*wrong, *_mispriced(calls)][:MAX_TOLD]
        after = calls[-1].id
        session.expunge_all()
    proof.faults += wrong


def _mispriced(calls: Sequence[ModelCall]) -> Iterator[str]:
    for call in calls:
        expected = recomputed(call.price, usage_of(call), is_estimate=call.is_estimate)
        if call.price_source is not None and call.cost != expected:
            yield f"call {call.id}: cost {call.cost}, by its tokens and price {expected}"


def _tell(proof: Proof) -> None:
    figures = {
        "first": str(proof.first),
        "last": str(proof.last),
        "calls": proof.calls,
        "spent": as_text(proof.spent),
        "lost": proof.lost,
    }
    if proof.faults:
        log.error("ledger.broken", faults=proof.faults, **figures)
    else:
        log.info("ledger.proved", **figures)
