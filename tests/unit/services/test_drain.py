import asyncio
from contextlib import ExitStack
from unittest.mock import AsyncMock, Mock

import pytest

from modules.backend.services import drain as drain_module
from modules.backend.services.drain import Drain, Draining


@pytest.fixture
def order() -> list[str]:
    """What was done, in order."""
    return []


@pytest.fixture
def drain(order: list[str], monkeypatch: pytest.MonkeyPatch) -> Drain:
    monkeypatch.setattr(drain_module, "SPREAD_SECONDS", 0.01)

    def notes(name: str) -> AsyncMock:
        return AsyncMock(side_effect=lambda *_: order.append(name))

    generator = Mock(finish=notes("finish"), hand_over=notes("hand over"))
    lease = Mock(
        claim_nothing=Mock(side_effect=lambda: order.append("claim nothing")),
        release=notes("release"),
    )
    return Drain(generator, lease, Mock(close=notes("changes")), seconds=1)


async def test_it_leaves_in_order(drain: Drain, order: list[str]) -> None:
    with drain.informing(lambda: order.append("page")):
        await drain.run()

    assert order[0] == "claim nothing"
    assert set(order[1:4]) == {"page", "changes", "finish"}
    assert order[4:] == ["hand over", "release"]


async def test_it_takes_nothing_more_on(drain: Drain) -> None:
    drain.check()
    await drain.run()

    with pytest.raises(Draining):
        drain.check()


async def test_every_page_is_told_once(drain: Drain) -> None:
    pages = [Mock() for _ in range(20)]
    with ExitStack() as open_pages:
        for page in pages:
            open_pages.enter_context(drain.informing(page))
        await drain.run()

    assert [page.call_count for page in pages] == [1] * 20


async def test_a_page_that_left_is_not_told(drain: Drain) -> None:
    page = Mock()
    with drain.informing(page):
        pass
    await drain.run()

    page.assert_not_called()


async def test_a_page_that_comes_late_is_told_at_once(drain: Drain) -> None:
    await drain.run()
    told = asyncio.Event()
    with drain.informing(told.set):
        assert told.is_set()
