"""Budgets: taken before a call, and never more than there is."""

import asyncio
from decimal import Decimal
from functools import partial

import pytest
from structlog.testing import capture_logs

from modules.backend.core.errors import Conflict
from modules.backend.services.llm.budgets import BudgetExceeded
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import ChatMessage, LLMRequest, TextDelta
from tests.fixtures.ledger import ALL, ONE, USED, Books
from tests.fixtures.scripted import ScriptedProvider

pytestmark = pytest.mark.integration


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
        vendor.model = lambda _role: "sandbox-chat"
        request = LLMRequest(
            [ChatMessage("user", "Hi")], on_attempt=partial(costs.reserve, account)
        )

        with pytest.raises(BudgetExceeded):
            await anext(Metered(vendor, books.clock).stream(request))
        assert vendor.calls == 0
