"""Work that goes on until the process ends, and how it is ended."""

import asyncio

import pytest

from modules.backend.core import background
from modules.backend.core.background import ended


async def forgetful(forgets: int) -> None:
    """Goes on after it was cancelled, so many times."""
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if forgets == 0:
                raise
            forgets -= 1


async def failing() -> None:
    raise OSError("gone")


class TestEnded:
    async def test_a_cancellation_that_got_lost_is_repeated(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(background, "CANCEL_AGAIN_SECONDS", 0.01)
        tasks = [asyncio.create_task(forgetful(forgets)) for forgets in (0, 3)]
        await asyncio.sleep(0)
        await ended(*tasks)

        assert all(task.cancelled() for task in tasks)

    async def test_what_has_ended_by_itself_is_left_as_it_is(self) -> None:
        well, ill = asyncio.create_task(asyncio.sleep(0, 7)), asyncio.create_task(failing())
        await asyncio.wait((well, ill))
        await ended(well, ill)

        assert well.result() == 7
        assert not ill.cancelled()
