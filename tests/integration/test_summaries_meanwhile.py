"""What happens while a summary is being written: it is stored once or not at all."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from modules.backend.core.clock import SystemClock
from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.redis import RedisStores
from modules.backend.models import ModelCall
from modules.backend.repositories import messages
from modules.backend.services.llm.provider import LLMPart, LLMProvider, LLMRequest, ModelRole
from modules.backend.services.llm.registry import make_provider
from modules.backend.services.summaries import Summaries
from tests.fixtures.ledger import cost_tracker
from tests.fixtures.rest import AT, Shelf, Someone
from tests.fixtures.summaries import narrow, questions, summaries_of

pytestmark = pytest.mark.integration

DEADLINE = 30


class Meanwhile:
    """The model, and something that happens while it writes."""

    def __init__(self, model: LLMProvider, happen: Callable[[], Awaitable[object]]) -> None:
        self._model = model
        self._happen = happen
        self.name = model.name

    def model(self, role: ModelRole) -> str:
        return self._model.model(role)

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        async for part in self._model.stream(request):
            yield part
        await self._happen()

    async def close(self) -> None:
        await self._model.close()


class TestMeanwhile:
    @pytest_asyncio.fixture
    async def extend_while(
        self, settings: Settings, database: Database
    ) -> AsyncIterator[Callable[..., Awaitable[bool]]]:
        """Extends a summary; just before it is stored, something happens."""
        clock = SystemClock()
        stores = RedisStores(settings.redis)
        model = make_provider(settings.llm, stores, clock)

        async def extend(put: str, happen: Callable[[], Awaitable[object]]) -> bool:
            provider, llm = Meanwhile(model, happen), narrow(settings).llm
            costs = cost_tracker(database, llm)
            summaries = Summaries(database, provider, costs, llm, clock)
            return await summaries.extend(uuid.UUID(put))

        yield extend
        await model.close()
        await stores.close()

    async def test_of_several_at_once_one_is_stored(
        self,
        extend_while: Callable[..., Awaitable[bool]],
        someone: Someone,
        shelf: Shelf,
        database: Database,
    ) -> None:
        put = await shelf.put(someone, *questions(8))
        all_have_asked = asyncio.Barrier(3)

        async with asyncio.timeout(DEADLINE):
            did = await asyncio.gather(*(extend_while(put, all_have_asked.wait) for _ in range(3)))

        assert sorted(did) == [False, False, True]
        assert len(await summaries_of(database, put)) == 1

    async def test_what_an_edit_withdrew_is_not_stored(
        self,
        extend_while: Callable[..., Awaitable[bool]],
        someone: Someone,
        shelf: Shelf,
        database: Database,
    ) -> None:
        put = await shelf.put(someone, *questions(8))

        async def edit() -> None:
            async with database.transaction() as session:
                await messages.withdraw_from(session, uuid.UUID(put), 3, AT)

        assert not await extend_while(put, edit)
        assert await summaries_of(database, put) == []

    async def test_a_conversation_that_was_deleted_stays_deleted(
        self,
        extend_while: Callable[..., Awaitable[bool]],
        someone: Someone,
        shelf: Shelf,
        database: Database,
    ) -> None:
        put = await shelf.put(someone, *questions(8))

        assert not await extend_while(put, lambda: someone.http.delete(f"/api/conversations/{put}"))
        assert await summaries_of(database, put) == []
        assert await shelf.count(ModelCall, purpose="summary", person_id=someone.id) == 1
