"""The proof of the ledger: whole books are proved, and every planted fault is found."""

import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, update
from structlog.testing import capture_logs

from modules.backend.models import Budget, ModelCall, Run
from modules.backend.services.ledger import LedgerProof, Proof
from modules.backend.services.llm.cost_tracker import Account
from modules.backend.services.llm.provider import Usage
from tests.fixtures.commands import WORKER, WORKER_IS_READY, RunCommand
from tests.fixtures.ledger import Books
from tests.fixtures.stores import ROOT

pytestmark = pytest.mark.integration

USED = Usage(800, 50, cached_input_tokens=100, reasoning_tokens=9)
COST = Decimal("0.0013")
DAY = 86_400
TELL_SCHEDULE = """
import modules.backend.tasks.broker
from modules.backend.tasks.jobs import schedules
schedule = schedules()["ledger.prove"]
print(schedule.period, schedule.offset)
"""
SEND = """
import asyncio
from datetime import UTC, datetime
from modules.backend.tasks.broker import broker
from modules.backend.tasks.queue import send_due

async def send():
    await broker.startup()
    await send_due("ledger.prove", datetime.now(UTC))
    await broker.shutdown()

asyncio.run(send())
"""


@pytest.fixture
async def account(books: Books) -> Account:
    """Of a run that has ended after two attempts."""
    account = await books.run()
    for usage, outcome in ((None, "llm_busy"), (USED, "finished")):
        attempt = books.attempt()
        await books.costs.reserve(account, attempt)
        books.over(attempt, usage, outcome)
    await books.end(account)
    return account


async def prove(books: Books) -> Proof:
    return await LedgerProof(books.database, books.costs, books.clock).prove()


async def change(books: Books, table: type, where: Any, **values: Any) -> None:
    """Writes into the books what the product never would."""
    async with books.database.transaction() as session:
        changed = await session.execute(
            update(table).where(where).values(**values).returning(table)
        )
        assert changed.first() is not None


async def the_call(books: Books, account: Account) -> ModelCall:
    """The attempt that came to something."""
    return (await books.calls(account.bill.run_id))[1]


class TestWholeBooks:
    async def test_are_proved_with_their_figures(self, books: Books, account: Account) -> None:
        with capture_logs() as logs:
            proof = await prove(books)

        (entry,) = [entry for entry in logs if entry["event"].startswith("ledger.")]
        assert (entry["event"], entry["log_level"]) == ("ledger.proved", "info")
        assert (proof.calls, proof.spent, proof.faults) == (2, COST, [])
        assert (entry["calls"], entry["spent"]) == (2, "0.0013")
        assert (entry["first"], entry["last"]) == (str(proof.first), str(books.today))

    async def test_are_proved_while_calls_go_on(self, books: Books, account: Account) -> None:
        await books.costs.reserve(await books.run(), books.attempt())

        assert (await prove(books)).faults == []

    async def test_hold_what_dead_processes_left_too(self, books: Books) -> None:
        left, unheard = await books.run(), await books.run()
        for account in (left, unheard):
            await books.costs.reserve(Account(account.bill), books.attempt())
        await books.end(await books.take_over(left))
        await books.end(unheard)
        await books.costs.reserve(await books.run(), books.attempt())
        books.clock.advance(7_200)

        proof = await prove(books)

        assert proof.faults == []
        assert proof.lost >= 1
        assert proof.calls == 3

    async def test_need_no_price(self, books: Books) -> None:
        account = await books.run()
        attempt = books.attempt(model="nobody-knows")
        await books.costs.reserve(account, attempt)
        books.over(attempt, USED)
        await books.end(account)

        assert (await prove(books)).faults == []

    async def test_hold_rows_of_the_release_before_budgets(self, books: Books) -> None:
        await books.put(await books.someone(), cost=Decimal(5))

        assert (await prove(books)).faults == []


class TestPlantedFaults:
    @staticmethod
    async def found(books: Books) -> list[str]:
        with capture_logs() as logs:
            proof = await prove(books)
        (entry,) = [entry for entry in logs if entry["event"].startswith("ledger.")]
        assert (entry["event"], entry["log_level"]) == ("ledger.broken", "error")
        assert entry["faults"] == proof.faults
        return proof.faults

    @pytest.mark.parametrize("figure", ["spent", "reserved"])
    @pytest.mark.parametrize("whose", ["person", "all"])
    async def test_a_counter_that_is_off(
        self, books: Books, account: Account, figure: str, whose: str
    ) -> None:
        scope = str(account.bill.person_id) if whose == "person" else "all"
        where = (Budget.scope == scope) & (Budget.day == books.today)
        await change(books, Budget, where, **{figure: Decimal("0.00000001")})

        (fault,) = await self.found(books)
        assert fault.startswith(f"budget of {scope} on {books.today}")
        assert "0.00000001" in fault

    async def test_a_counter_that_is_gone(self, books: Books, account: Account) -> None:
        async with books.database.transaction() as session:
            await session.execute(delete(Budget).where(Budget.day == books.today))

        assert len(await self.found(books)) == 2

    async def test_a_row_that_is_gone(self, books: Books, account: Account) -> None:
        call = await the_call(books, account)
        async with books.database.transaction() as session:
            await session.execute(delete(ModelCall).where(ModelCall.id == call.id))

        assert len(await self.found(books)) == 2

    async def test_a_call_that_an_ended_run_left_open(self, books: Books) -> None:
        account = await books.run()
        await books.costs.reserve(account, books.attempt())
        await change(books, Run, Run.id == account.bill.run_id, status="finished")

        assert await self.found(books) == [
            f"run {account.bill.run_id}: has ended and left a call open"
        ]

    @pytest.mark.parametrize(
        "planted",
        [
            {"input_tokens": 801},
            {"output_tokens": 49},
            {"output_tokens": None},
            {"cached_input_tokens": 801},
            {"price": {"input": "2", "output": "10", "cached_input": "1", "cache_write": "1"}},
            {"price": None},
        ],
        ids=repr,
    )
    async def test_a_cost_that_is_not_its_price(
        self, books: Books, account: Account, planted: Mapping[str, Any]
    ) -> None:
        call = await the_call(books, account)
        await change(books, ModelCall, ModelCall.id == call.id, **planted)

        (fault,) = await self.found(books)
        assert fault.startswith(f"call {call.id}: cost 0.0013")

    async def test_a_cost_that_was_changed_is_off_everywhere(
        self, books: Books, account: Account
    ) -> None:
        call = await the_call(books, account)
        await change(books, ModelCall, ModelCall.id == call.id, cost=Decimal("0.0000000001"))

        kinds = sorted(fault.split()[0] for fault in await self.found(books))
        assert kinds == ["budget", "budget", "call"]

    async def test_a_call_without_its_number(self, books: Books, account: Account) -> None:
        call = await the_call(books, account)
        await change(books, ModelCall, ModelCall.id == call.id, call=3)

        (fault,) = await self.found(books)
        assert fault.startswith(f"run {account.bill.run_id}: its calls for chat in generation 1")

    async def test_two_days_ago_is_still_looked_at_and_last_week_is_not(
        self, books: Books, account: Account
    ) -> None:
        call = await the_call(books, account)
        await change(books, ModelCall, ModelCall.id == call.id, call=3)
        books.clock.advance(2 * DAY)
        assert len(await self.found(books)) == 1

        books.clock.advance(DAY)
        assert (await prove(books)).faults == []


class TestTheTask:
    def test_is_due_every_night(self, settings_env: dict[str, str]) -> None:
        assert asked(TELL_SCHEDULE, settings_env) == "1 day, 0:00:00 2:17:00"

    async def test_is_done_by_the_worker(
        self, run_command: RunCommand, settings_env: dict[str, str]
    ) -> None:
        worker = run_command(WORKER, settings_env, says=WORKER_IS_READY)
        asked(SEND, settings_env)
        worker.wait_until(lambda: "ledger.proved" in worker.log.read_text(), timeout=60)
        worker.stop()


def asked(script: str, env: dict[str, str]) -> str:
    """What a process of the product says to it."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()
