"""Budgets: taken before a call, settled after it, and nothing leaks whoever dies when."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import insert
from structlog.testing import capture_logs

from modules.backend.core.config import Settings
from modules.backend.core.errors import Conflict
from modules.backend.core.money import as_text
from modules.backend.core.redis import RedisStores
from modules.backend.models import Conversation, Message, ModelCall
from modules.backend.services.chat.bells import Bells
from modules.backend.services.chat.ending import Fenced
from modules.backend.services.llm.budgets import BudgetExceeded
from modules.backend.services.llm.cost_tracker import TITLE, Account, Bill, CostTracker
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import (
    ChatMessage,
    Finished,
    LLMRequest,
    TextDelta,
    Usage,
)
from modules.backend.services.titles import Titles
from tests.fixtures.ledger import Books
from tests.fixtures.scripted import ScriptedProvider

pytestmark = pytest.mark.integration

ALL = "all"
ONE = Decimal("0.002")
"""What an attempt of `Books` reserves."""
USED = Usage(800, 50)
COST = "0.0013"
"""What that costs."""
MANY = 1_000


def place(call: ModelCall) -> tuple[int, int, str]:
    return call.generation, call.call, call.outcome


class TestReserving:
    async def test_opens_a_row_and_takes_what_it_may_cost_from_both_budgets(
        self, books: Books
    ) -> None:
        account = await books.run()
        await books.costs.reserve(account, books.attempt())

        (call,) = await books.calls(account.bill.run_id)
        assert (call.outcome, call.reserved, call.cost) == ("open", ONE, None)
        assert (call.price_source, call.price_date, call.day) == ("settings", *[books.today] * 2)
        assert call.conversation_id == account.bill.conversation_id
        assert await books.counter(account.bill.person_id) == ("0", "0.002")
        assert await books.counter(ALL) == ("0", "0.002")

    async def test_goes_up_to_the_limit_and_not_beyond(self, books: Books) -> None:
        person_id = await books.someone()
        costs = books.limited(llm_budget_person_day=ONE * 2)
        for _ in range(2):
            await costs.reserve(await books.run(person_id), books.attempt())
        refused = await books.run(person_id)

        with pytest.raises(BudgetExceeded) as error:
            await costs.reserve(refused, books.attempt())

        assert "your budget" in error.value.message
        assert await books.calls(refused.bill.run_id) == []
        assert await books.counter(person_id) == ("0", "0.004")
        assert await books.counter(ALL) == ("0", "0.004")

    async def test_a_first_call_that_is_over_the_limit_is_refused(self, books: Books) -> None:
        account = await books.run()
        costs = books.limited(llm_budget_person_day=ONE - Decimal("0.000001"))

        with pytest.raises(BudgetExceeded):
            await costs.reserve(account, books.attempt())
        assert await books.counter(account.bill.person_id) == ("0", "0")

    async def test_what_the_company_cannot_pay_is_not_taken_from_the_person(
        self, books: Books
    ) -> None:
        account = await books.run()
        costs = books.limited(llm_budget_all_day=ONE / 2)

        with pytest.raises(BudgetExceeded) as error:
            await costs.reserve(account, books.attempt())

        assert "the company's budget" in error.value.message
        assert await books.counter(account.bill.person_id) == ("0", "0")
        assert await books.calls(account.bill.run_id) == []

    async def test_the_next_day_has_a_budget_of_its_own(self, books: Books) -> None:
        person_id = await books.someone()
        costs = books.limited(llm_budget_person_day=ONE)
        await costs.reserve(await books.run(person_id), books.attempt())
        books.clock.advance(86_400)

        await costs.reserve(await books.run(person_id), books.attempt())

        assert await books.counter(person_id) == ("0", "0.002")

    async def test_many_at_once_take_no_more_than_there_is(self, books: Books) -> None:
        people = [await books.someone() for _ in range(3)]
        accounts = [await books.run(people[n % 3]) for n in range(60)]
        costs = books.limited(llm_budget_person_day=ONE * 9, llm_budget_all_day=ONE * 20)

        outcomes = await asyncio.gather(
            *(costs.reserve(account, books.attempt()) for account in accounts),
            return_exceptions=True,
        )

        refused = [outcome for outcome in outcomes if outcome is not None]
        assert [type(outcome) for outcome in refused] == [BudgetExceeded] * 40
        assert await books.counter(ALL) == ("0", "0.04")
        for person_id in people:
            assert Decimal((await books.counter(person_id))[1]) <= ONE * 9

    async def test_a_soft_budget_lets_through_and_says_so_once(self, books: Books) -> None:
        person_id = await books.someone()
        costs = books.limited(llm_budget_person_day=ONE, llm_budget_mode="soft")
        with capture_logs() as logs:
            for _ in range(4):
                await costs.reserve(await books.run(person_id), books.attempt())

        told = [entry["scope"] for entry in logs if entry["event"] == "llm.budget_passed"]
        assert told == [str(person_id)]
        assert await books.counter(person_id) == ("0", "0.008")

    async def test_without_a_price_nothing_is_taken_and_all_is_kept(self, books: Books) -> None:
        account = await books.run()
        costs = books.limited(llm_budget_person_day=Decimal(0))
        attempt = books.attempt(model="nobody-knows")
        await costs.reserve(account, attempt)
        books.over(attempt, USED)
        await books.end(account)

        (call,) = await books.calls(account.bill.run_id)
        assert (call.reserved, call.cost, call.price, call.price_source) == (None,) * 4
        assert (call.outcome, call.input_tokens) == ("finished", 800)
        assert await books.counter(account.bill.person_id) == ("0", "0")

    async def test_a_run_that_is_somebody_elses_calls_nobody(self, books: Books) -> None:
        account = await books.run()
        await books.take_over(account)

        with pytest.raises(Conflict, match="Another process"):
            await books.costs.reserve(account, books.attempt())
        assert await books.calls(account.bill.run_id) == []
        assert await books.counter(ALL) == ("0", "0")

    async def test_a_refused_call_never_reaches_the_vendor(self, books: Books) -> None:
        account = await books.run()
        costs = books.limited(llm_budget_person_day=Decimal("0.000001"))
        vendor = ScriptedProvider([TextDelta("Hello")])
        vendor.name = "openai"
        vendor.model = lambda _role: "sandbox-chat"  # type: ignore[method-assign]
        request = LLMRequest(
            [ChatMessage("user", "Hi")], on_attempt=partial(costs.reserve, account)
        )

        with pytest.raises(BudgetExceeded):
            await anext(Metered(vendor, books.clock).stream(request))
        assert vendor.calls == 0


class TestSettling:
    async def test_the_end_of_a_run_books_what_it_cost(self, books: Books) -> None:
        account = await books.run()
        attempt = books.attempt()
        await books.costs.reserve(account, attempt)
        books.over(attempt, replace(USED, raw={"prompt_tokens": 800}))
        await books.end(account)

        (call,) = await books.calls(account.bill.run_id)
        assert (call.outcome, as_text(call.cost), call.currency) == ("finished", COST, "USD")
        assert (call.reserved, call.is_estimate) == (ONE, False)
        assert call.raw_usage == {"prompt_tokens": 800}
        assert await books.counter(account.bill.person_id) == (COST, "0")
        assert await books.counter(ALL) == (COST, "0")

    async def test_the_next_attempt_settles_the_one_before(self, books: Books) -> None:
        account = await books.run()
        first = books.attempt()
        costs = books.limited(llm_budget_person_day=ONE)
        await costs.reserve(account, first)
        books.over(first, None, "llm_busy")

        await costs.reserve(account, books.attempt())

        calls = await books.calls(account.bill.run_id)
        assert [place(call) for call in calls] == [(1, 1, "llm_busy"), (1, 2, "open")]
        assert calls[0].cost is None
        assert await books.counter(account.bill.person_id) == ("0", "0.002")

    async def test_twice_changes_nothing(self, books: Books) -> None:
        account = await books.run()
        attempt = books.attempt()
        await books.costs.reserve(account, attempt)
        books.over(attempt, USED)
        first = await books.end(account)

        assert await books.end(account) == first
        assert await books.counter(ALL) == (COST, "0")

    async def test_a_call_over_midnight_belongs_to_the_day_it_began(self, books: Books) -> None:
        account = await books.run()
        yesterday, attempt = books.today, books.attempt()
        await books.costs.reserve(account, attempt)
        books.clock.advance(86_400)
        second = books.attempt()
        await books.costs.reserve(account, second)
        books.over(attempt, USED)
        books.over(second, USED)
        await books.end(account)

        assert await books.counter(ALL, yesterday) == (COST, "0")
        assert await books.counter(ALL) == (COST, "0")

    async def test_many_runs_at_once_add_up(self, books: Books) -> None:
        person_id = await books.someone()
        accounts = [await books.run(person_id) for _ in range(20)]

        async def whole(account: Account) -> None:
            for _ in range(3):
                attempt = books.attempt()
                await books.costs.reserve(account, attempt)
                books.over(attempt, USED)
            await books.end(account)

        async with asyncio.timeout(60):
            await asyncio.gather(*map(whole, accounts))

        assert await books.counter(ALL) == ("0.078", "0")
        assert await books.counter(person_id) == ("0.078", "0")


class TestWhoeverDies:
    async def test_the_next_owner_settles_what_the_last_one_left(self, books: Books) -> None:
        left = await books.run()
        await books.costs.reserve(left, books.attempt())
        account = await books.take_over(left)
        attempt = books.attempt()
        await books.costs.reserve(account, attempt)
        books.over(attempt, USED)
        await books.end(account)

        dead, alive = await books.calls(account.bill.run_id)
        assert (place(dead), place(alive)) == ((1, 1, "taken_over"), (2, 1, "finished"))
        # 250 tokens of the question, and nobody knows how many of the answer.
        assert (as_text(dead.cost), dead.is_estimate) == ("0.00025", True)
        assert (dead.input_tokens, dead.output_tokens) == (250, None)
        assert await books.counter(ALL) == ("0.00155", "0")

    async def test_an_owner_that_only_ends_the_run_settles_it_too(self, books: Books) -> None:
        left = await books.run()
        await books.costs.reserve(left, books.attempt())
        await books.end(await books.take_over(left))

        assert await books.counter(ALL) == ("0.00025", "0")

    async def test_an_owner_that_comes_too_late_still_knows_what_it_used(
        self, books: Books
    ) -> None:
        late = await books.run()
        attempt = books.attempt()
        await books.costs.reserve(late, attempt)
        account = await books.take_over(late)
        books.over(attempt, USED)

        with pytest.raises(Fenced):
            await books.end(late)
        await books.end(account)

        (call,) = await books.calls(late.bill.run_id)
        assert (call.outcome, as_text(call.cost)) == ("finished", COST)
        assert await books.counter(ALL) == (COST, "0")

    async def test_a_run_whose_conversation_was_deleted_is_settled(self, books: Books) -> None:
        account = await books.run()
        attempt = books.attempt()
        await books.costs.reserve(account, attempt)
        async with books.database.transaction() as session:
            gone = await session.get_one(Conversation, account.bill.conversation_id)
            await session.delete(gone)
        books.over(attempt, USED, "stopped")

        with pytest.raises(Fenced):
            await books.end(account)
        assert await books.counter(ALL) == (COST, "0")

    async def test_a_reservation_whose_commit_nobody_heard_of_is_given_back(
        self, books: Books
    ) -> None:
        account = await books.run()
        await books.costs.reserve(Account(account.bill), books.attempt())
        await books.end(account)

        (call,) = await books.calls(account.bill.run_id)
        assert (call.outcome, call.cost, call.is_estimate) == ("unsent", 0, False)
        assert await books.counter(ALL) == ("0", "0")

    async def test_what_nobody_is_left_to_settle_is_lost_after_a_while(self, books: Books) -> None:
        account = await books.run()
        await books.costs.reserve(account, books.attempt())
        opened = books.clock.now()
        books.clock.advance(3_600)

        await books.costs.settle_lost(opened, MANY)
        (before,) = await books.calls(account.bill.run_id)
        await books.costs.settle_lost(books.clock.now(), MANY)

        assert before.outcome == "open"
        (call,) = await books.calls(account.bill.run_id)
        assert (call.outcome, as_text(call.cost), call.is_estimate) == ("lost", "0.00025", True)
        assert await books.counter(ALL) == ("0.00025", "0")


class TestNumbering:
    async def test_two_workers_with_the_same_task_both_stand_on_the_ledger(
        self, books: Books
    ) -> None:
        run = await books.run()
        bill = replace(run.bill, purpose=TITLE)
        accounts = [Account(bill) for _ in range(8)]

        async def call(account: Account) -> None:
            attempt = books.attempt()
            await books.costs.reserve(account, attempt)
            books.over(attempt, USED)
            async with books.database.transaction() as session:
                await books.costs.settle(session, account)

        async with asyncio.timeout(60):
            await asyncio.gather(*map(call, accounts))

        calls = await books.calls(bill.run_id)
        assert [place(call) for call in calls] == [(1, n, "finished") for n in range(1, 9)]
        assert await books.counter(ALL) == ("0.0104", "0")

    async def test_a_runs_end_leaves_its_title_alone(self, books: Books) -> None:
        account = await books.run()
        await books.costs.reserve(Account(replace(account.bill, purpose=TITLE)), books.attempt())
        await books.end(account)

        (call,) = await books.calls(account.bill.run_id)
        assert call.outcome == "open"


class TestTitles:
    @pytest.fixture
    async def titled(self, books: Books) -> Bill:
        """A conversation that waits for its title."""
        account = await books.run()
        message = {
            "conversation_id": account.bill.conversation_id,
            "id": "q",
            "position": 1,
            "role": "user",
            "content": "Who approves payroll?",
            "status": "complete",
            "run_id": account.bill.run_id,
            "created_at": books.clock.now(),
        }
        async with books.database.transaction() as session:
            await session.execute(insert(Message).values(message))
        return account.bill

    @staticmethod
    async def give(books: Books, settings: Settings, bill: Bill, costs: CostTracker) -> int:
        """Asks for the title; returns how often the vendor was asked."""
        vendor = ScriptedProvider([TextDelta("Payroll"), Usage(100, 10), Finished("stop")])
        vendor.name = "openai"
        vendor.model = lambda _role: "sandbox-small"  # type: ignore[method-assign]
        stores = RedisStores(settings.redis)
        provider = Metered(vendor, books.clock)
        titles = Titles(books.database, provider, Bells(stores), costs, books.llm)
        await titles.give(bill.conversation_id)
        await stores.close()
        return vendor.calls

    async def test_are_paid_for_by_the_person(
        self, books: Books, settings: Settings, titled: Bill
    ) -> None:
        await self.give(books, settings, titled, books.costs)

        (call,) = await books.calls(titled.run_id)
        assert (call.purpose, call.outcome, call.person_id) == (
            "title",
            "finished",
            titled.person_id,
        )
        assert await books.counter(titled.person_id) == ("0.00002", "0")

    async def test_wait_for_another_day_when_the_budget_is_used_up(
        self, books: Books, settings: Settings, titled: Bill
    ) -> None:
        costs = books.limited(llm_budget_person_day=Decimal("0.000001"))

        assert await self.give(books, settings, titled, costs) == 0
        assert await books.calls(titled.run_id) == []
