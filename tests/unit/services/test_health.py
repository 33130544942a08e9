import asyncio
from collections.abc import Awaitable, Callable

import pytest

from modules.backend.services import health as health_module
from modules.backend.services.health import KEEP_SECONDS, Health, Outcome, overall
from tests.fixtures.clock import FakeClock


class Counted:
    """A check that counts how often it runs, and fails when told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.runs = 0

    async def __call__(self) -> None:
        self.runs += 1
        if self.error is not None:
            raise self.error


async def never() -> None:
    await asyncio.Event().wait()


def health(
    clock: FakeClock,
    essential: Callable[[], Awaitable[None]],
    outside: Callable[[], Awaitable[None]],
) -> Health:
    return Health(essential={"postgresql": essential}, outside={"llm": outside}, clock=clock)


class TestChecks:
    async def test_all_is_well(self, clock: FakeClock) -> None:
        checks = await health(clock, Counted(), Counted()).checks()

        assert checks == {"postgresql": "ok", "llm": "ok"}

    async def test_a_store_fails_and_an_outside_system_degrades(self, clock: FakeClock) -> None:
        away = OSError("away")

        checks = await health(clock, Counted(away), Counted(away)).checks()

        assert checks == {"postgresql": "failed", "llm": "degraded"}

    async def test_one_that_does_not_answer_counts_as_failed(
        self, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health_module, "CHECK_SECONDS", 0.01)

        async with asyncio.timeout(30):
            checks = await health(clock, never, never).checks()

        assert checks == {"postgresql": "failed", "llm": "degraded"}

    async def test_outside_systems_are_asked_now_and_then(self, clock: FakeClock) -> None:
        store, model = Counted(), Counted()
        probed = health(clock, store, model)
        for _ in range(3):
            await probed.checks()
        assert (store.runs, model.runs) == (3, 1)

        clock.advance(KEEP_SECONDS)
        await probed.checks()
        assert model.runs == 2

    async def test_what_an_outside_system_said_is_remembered(self, clock: FakeClock) -> None:
        model = Counted(OSError("away"))
        probed = health(clock, Counted(), model)
        await probed.checks()
        model.error = None

        assert (await probed.checks())["llm"] == "degraded"
        clock.advance(KEEP_SECONDS)
        assert (await probed.checks())["llm"] == "ok"


class TestDetails:
    async def test_are_the_notes_of_the_parts_that_have_any(self, clock: FakeClock) -> None:
        noted = Health(
            essential={},
            outside={"llm": Counted(), "sailpoint": Counted()},
            notes={"llm": lambda: ["gpt-4o will be retired"], "sailpoint": list},
            clock=clock,
        )

        assert noted.details() == {"llm": ["gpt-4o will be retired"]}
        assert await noted.checks() == {"llm": "ok", "sailpoint": "ok"}


@pytest.mark.parametrize(
    ("outcomes", "worst"),
    [
        ([], "ok"),
        (["ok", "ok"], "ok"),
        (["ok", "degraded"], "degraded"),
        (["degraded", "failed", "ok"], "failed"),
    ],
)
def test_overall_is_the_worst(outcomes: list[Outcome], worst: Outcome) -> None:
    assert overall({str(n): outcome for n, outcome in enumerate(outcomes)}) == worst
