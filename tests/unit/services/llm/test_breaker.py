import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from modules.backend.core.errors import AppError
from modules.backend.services.llm.breaker import Breaker
from modules.backend.services.llm.breaker_state import BreakerPolicy
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import (
    Attempt,
    ChatMessage,
    Finished,
    LLMPart,
    LLMRequest,
    TextDelta,
)
from tests.fixtures.clock import FakeClock
from tests.fixtures.llm import DEADLINE_SECONDS, nothing_shared, read
from tests.fixtures.scripted import WAIT, ScriptedProvider, Step

POLICY = BreakerPolicy()
REQUEST = LLMRequest([ChatMessage("user", "Hello")])
HELLO: list[Step] = [TextDelta("Hello")]
DOWN: list[Step] = [Fault.LLM_UNREACHABLE.error()]
COUNTING = {"LLM_UNAVAILABLE", "LLM_UNREACHABLE", "LLM_TIMEOUT", "LLM_INTERRUPTED"}


class Calls:
    """Calls of one model through a breaker, one after the other."""

    def __init__(self, breaker: Breaker, inner: ScriptedProvider, clock: FakeClock) -> None:
        self.breaker = breaker
        self.inner = inner
        self.clock = clock

    def will(self, *scripts: list[Step]) -> None:
        self.inner.plays(*scripts)

    async def ask(self, request: LLMRequest = REQUEST) -> str | None:
        _, code = await read(self.breaker, request)
        return code

    async def fail(self, times: int = POLICY.least_calls, script: list[Step] = DOWN) -> None:
        for _ in range(times):
            self.will(script)
            await self.ask()

    async def is_open(self) -> bool:
        self.will(HELLO)
        return await self.ask() == "llm_paused"


@pytest_asyncio.fixture
async def calls() -> AsyncIterator[Calls]:
    clock, inner = FakeClock(), ScriptedProvider()
    async with nothing_shared(clock) as shared:
        yield Calls(Breaker(Metered(inner, clock), shared, clock), inner, clock)
    assert inner.open == 0


class TestBreaker:
    @pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
    async def test_counts_what_is_the_vendors_fault(self, calls: Calls, fault: Fault) -> None:
        await calls.fail(script=[fault.error()])

        assert await calls.is_open() == (fault.name in COUNTING)

    async def test_an_open_one_does_not_ask_the_vendor(self, calls: Calls) -> None:
        await calls.fail()
        asked = calls.inner.calls

        assert await calls.is_open()
        assert calls.inner.calls == asked

    async def test_a_stream_cut_in_the_middle_counts(self, calls: Calls) -> None:
        await calls.fail(script=[TextDelta("Hel"), Fault.LLM_INTERRUPTED.error()])

        assert await calls.is_open()

    async def test_calls_that_are_stopped_do_not_count(self, calls: Calls) -> None:
        for _ in range(POLICY.least_calls):
            calls.will([TextDelta("Hel"), WAIT])
            async with aclosing(calls.breaker.stream(REQUEST)) as parts:
                await anext(parts)

        assert not await calls.is_open()

    async def test_a_refusal_of_ours_does_not_count_and_passes(self, calls: Calls) -> None:
        async def refuse(_: Attempt) -> None:
            raise AppError("budget_exceeded", "The budget is used up.")

        for _ in range(POLICY.least_calls):
            calls.will(HELLO)
            assert await calls.ask(replace(REQUEST, on_attempt=refuse)) == "budget_exceeded"

        assert not await calls.is_open()

    async def test_a_refusal_of_ours_gives_the_token_back(self, calls: Calls) -> None:
        async def refuse(_: Attempt) -> None:
            raise AppError("budget_exceeded", "The budget is used up.")

        await calls.fail()
        calls.clock.advance(POLICY.open)
        calls.will(HELLO)
        assert await calls.ask(replace(REQUEST, on_attempt=refuse)) == "budget_exceeded"

        assert not await calls.is_open()

    @pytest.mark.parametrize("script", [HELLO, [Fault.LLM_REJECTED.error()]])
    async def test_a_vendor_that_answers_is_there_again(
        self, calls: Calls, script: list[Step]
    ) -> None:
        await calls.fail()
        calls.clock.advance(POLICY.open)
        await calls.fail(1, script)
        await calls.fail(POLICY.least_calls - 2)

        assert not await calls.is_open()

    async def test_a_bad_probe_keeps_it_open(self, calls: Calls) -> None:
        await calls.fail()
        calls.clock.advance(POLICY.open)
        await calls.fail(1)
        calls.clock.advance(POLICY.open)

        assert await calls.is_open()

    async def test_the_first_word_of_a_probe_lets_others_in(self, calls: Calls) -> None:
        await calls.fail()
        calls.clock.advance(POLICY.open)
        calls.will([TextDelta("Hel"), WAIT])
        async with aclosing(calls.breaker.stream(REQUEST)) as probe:
            await anext(probe)

            assert not await calls.is_open()

    async def test_a_probe_that_is_cancelled_gives_its_token_back(self, calls: Calls) -> None:
        await calls.fail()
        calls.clock.advance(POLICY.open)
        calls.will([WAIT])
        probe = asyncio.create_task(calls.ask())
        async with asyncio.timeout(DEADLINE_SECONDS):
            await calls.inner.waits.wait()
        assert await calls.is_open()
        probe.cancel()
        await asyncio.wait([probe])

        assert not await calls.is_open()

    async def test_each_model_has_its_own(self, calls: Calls) -> None:
        await calls.fail()
        calls.will(HELLO)

        assert await calls.ask(replace(REQUEST, role="small")) is None

    async def test_parts_pass_as_they_are(self, calls: Calls) -> None:
        calls.will(HELLO)

        assert await read(calls.breaker, REQUEST) == ([*HELLO, Finished("stop")], None)

    async def test_says_once_that_redis_is_away(self, calls: Calls) -> None:
        with capture_logs() as logs:
            await calls.fail(3)
            calls.clock.advance(60)
            await calls.fail(3)

        assert [entry["event"] for entry in logs] == ["llm.shared_state_away"]


class Queue(ScriptedProvider):
    """A model with a line before it: the first call waits while something else happens."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            request.on_wait(7)
            await happens()
        await request.on_attempt(Attempt(self.name, self.model(request.role), FakeClock().now()))
        async with aclosing(super().stream(request)) as parts:
            async for part in parts:
                yield part


async def test_a_call_that_waited_in_line_asks_again() -> None:
    clock, inner, places = FakeClock(), Queue(), list[int]()
    attempts: list[Attempt] = []

    async def account(attempt: Attempt) -> None:
        attempts.append(attempt)

    async with nothing_shared(clock) as shared:
        calls = Calls(Breaker(inner, shared, clock), inner, clock)
        inner.meanwhile = calls.fail
        code = await calls.ask(replace(REQUEST, on_wait=places.append, on_attempt=account))

    assert (places, code, attempts) == ([7], "llm_paused", [])
    assert inner.calls == POLICY.least_calls
