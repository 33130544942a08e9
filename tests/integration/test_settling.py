"""Settling: what a call came to is booked once, whoever dies when."""

import asyncio
from dataclasses import replace

import pytest

from modules.backend.core.money import as_text
from modules.backend.models import Conversation, ModelCall
from modules.backend.services.chat.ending import Fenced
from modules.backend.services.llm.cost_tracker import TITLE, Account
from tests.fixtures.ledger import ALL, COST, ONE, USED, Books

pytestmark = pytest.mark.integration

MANY = 1_000


def place(call: ModelCall) -> tuple[int, int, str]:
    return call.generation, call.call, call.outcome


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
