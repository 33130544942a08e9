import random

import pytest

from modules.backend.core.errors import AppError, LLMError
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import (
    ChatMessage,
    Finished,
    LLMPart,
    LLMRequest,
    TextDelta,
    Usage,
)
from modules.backend.services.llm.retry import Retrying, RetryPolicy, delay_before
from tests.fixtures.clock import FakeClock
from tests.fixtures.scripted import ScriptedProvider, Step

BUSY = Fault.LLM_BUSY
REQUEST = LLMRequest([ChatMessage("user", "Hello")])
POLICY = RetryPolicy()


class Waits:
    """Time that passes only here, and what was waited for."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.delays: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.delays.append(seconds)
        self.clock.advance(seconds)


def retrying(inner: ScriptedProvider, waits: Waits, spread: float = 1.0) -> Retrying:
    return Retrying(inner, waits.clock, sleep=waits.sleep, spread=lambda: spread)


async def collect(provider: Retrying, into: list[LLMPart]) -> None:
    async for part in provider.stream(REQUEST):
        into.append(part)


class TestDelay:
    @pytest.mark.parametrize(
        ("retry", "spread", "delay"),
        [(1, 1.0, 1.0), (2, 1.0, 2.0), (3, 1.0, 4.0), (1, 0.0, 0.5), (3, 0.0, 2.0), (4, 1.0, None)],
    )
    def test_doubles_and_is_spread(self, retry: int, spread: float, delay: float | None) -> None:
        assert delay_before(retry, BUSY.error(), POLICY, elapsed=0, spread=spread) == delay

    @pytest.mark.parametrize(
        ("asked", "delay"), [(0.0, 1.0), (0.2, 1.0), (7.0, 7.0), (20.0, 20.0), (20.1, None)]
    )
    def test_honours_what_the_vendor_asks_up_to_a_cap(
        self, asked: float, delay: float | None
    ) -> None:
        error = BUSY.error(retry_after=asked)

        assert delay_before(1, error, POLICY, elapsed=0, spread=1.0) == delay

    def test_ends_with_the_deadline(self) -> None:
        assert delay_before(1, BUSY.error(), POLICY, elapsed=59.0, spread=1.0) == 1.0
        assert delay_before(1, BUSY.error(), POLICY, elapsed=59.1, spread=1.0) is None

    @pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
    def test_is_only_for_what_may_pass(self, fault: Fault) -> None:
        error = fault.error()
        delay = delay_before(1, error, POLICY, elapsed=0, spread=1.0)

        assert (delay is not None) == (type(error).__name__ == "LLMUnavailable")


class TestRetrying:
    async def test_a_fault_that_passes_is_not_seen(self) -> None:
        waits, parts = Waits(), list[LLMPart]()
        inner = ScriptedProvider([BUSY.error()], [BUSY.error()], [TextDelta("Hello")])

        await collect(retrying(inner, waits), parts)

        assert parts == [TextDelta("Hello"), Finished("stop")]
        assert waits.delays == [1.0, 2.0]

    async def test_after_the_first_text_nothing_is_made_again(self) -> None:
        waits, parts = Waits(), list[LLMPart]()
        inner = ScriptedProvider([TextDelta("Hel"), BUSY.error()], [TextDelta("Hello")])

        with pytest.raises(LLMError):
            await collect(retrying(inner, waits), parts)

        assert (parts, inner.calls, waits.delays) == ([TextDelta("Hel")], 1, [])

    async def test_figures_alone_are_no_text(self) -> None:
        waits, parts = Waits(), list[LLMPart]()
        inner = ScriptedProvider([Usage(5, 0), BUSY.error()], [TextDelta("Hello")])

        await collect(retrying(inner, waits), parts)

        assert parts[-2:] == [TextDelta("Hello"), Finished("stop")]

    async def test_gives_up_with_the_last_error(self) -> None:
        inner = ScriptedProvider(*[[BUSY.error()]] * 3, [Fault.LLM_TIMEOUT.error()])

        with pytest.raises(LLMError) as failed:
            await collect(retrying(inner, Waits()), [])

        assert (failed.value.code, inner.calls) == ("llm_timeout", 4)

    async def test_a_refusal_of_ours_is_not_tried_again(self) -> None:
        waits = Waits()
        inner = ScriptedProvider([AppError("budget_exceeded", "The budget is used up.")])

        with pytest.raises(AppError, match="budget"):
            await collect(retrying(inner, waits), [])

        assert (inner.calls, waits.delays) == (1, [])

    @pytest.mark.parametrize("seed", range(300))
    async def test_whatever_happens_a_stream_ends_once_and_is_of_one_attempt(
        self, seed: int
    ) -> None:
        dice = random.Random(seed)
        scripts = [_script(dice, attempt) for attempt in range(4)]
        inner, parts = ScriptedProvider(*scripts), list[LLMPart]()
        try:
            await collect(retrying(inner, Waits(), dice.random()), parts)
            ended = "well"
        except LLMError:
            ended = "badly"

        attempts = {part.text for part in parts if isinstance(part, TextDelta)}
        finishes = [part for part in parts if isinstance(part, Finished)]
        assert len(attempts) <= 1
        assert len(finishes) == (1 if ended == "well" else 0)
        assert inner.open == 0


def _script(dice: random.Random, attempt: int) -> list[Step]:
    """Text that names its attempt, perhaps figures, perhaps a fault."""
    script: list[Step] = [TextDelta(f"attempt {attempt}")] * dice.randrange(3)
    if dice.random() < 0.5:
        script.insert(dice.randrange(len(script) + 1), Usage(1, 1))
    if dice.random() < 0.7:
        script.append(dice.choice(list(Fault)).error())
    return script
