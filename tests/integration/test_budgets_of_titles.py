"""Titles are paid for like answers."""

from decimal import Decimal

import pytest
from sqlalchemy import insert

from modules.backend.core.config import Settings
from modules.backend.core.redis import RedisStores
from modules.backend.models import Message
from modules.backend.services.chat.bells import Bells
from modules.backend.services.llm.cost_tracker import Bill, CostTracker
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import Finished, TextDelta, Usage
from modules.backend.services.titles import Titles
from tests.fixtures.ledger import Books
from tests.fixtures.scripted import ScriptedProvider

pytestmark = pytest.mark.integration


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
        vendor.model = lambda _role: "sandbox-small"
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
