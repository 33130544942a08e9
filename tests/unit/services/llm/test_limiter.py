"""The limiter of one process alone. What several share is in the integration tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from modules.backend.core.clock import SystemClock
from modules.backend.core.errors import AppError, LLMUnavailable, LLMWithheld
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.limiter import Limited, _taken
from modules.backend.services.llm.line import UNKNOWN
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import (
    Attempt,
    ChatMessage,
    Finished,
    LLMRequest,
    TextDelta,
    Tool,
    ToolCall,
    Usage,
)
from tests.fixtures.clock import FakeClock
from tests.fixtures.llm import llm_settings, nothing_shared, read, until
from tests.fixtures.scripted import WAIT, ScriptedProvider, Step

REQUEST = LLMRequest([ChatMessage("user", "Hello")], person="ada")
HELLO: list[Step] = [TextDelta("Hello")]


@asynccontextmanager
async def limited(
    *scripts: list[Step], **settings: Any
) -> AsyncIterator[tuple[Limited, ScriptedProvider]]:
    """A limiter without Redis over a model that plays the scripts; nothing is left of it."""
    before = asyncio.all_tasks()
    inner = ScriptedProvider(*scripts)
    async with nothing_shared(SystemClock()) as shared:
        limiter = Limited(Metered(inner, SystemClock()), shared, llm_settings(**settings))
        yield limiter, inner
        await limiter.close()
    assert inner.open == 0
    assert asyncio.all_tasks() == before


class Caller:
    """A call that goes on beside the test."""

    def __init__(self, limiter: Limited, **fields: Any) -> None:
        self.places: list[int] = []
        request = replace(REQUEST, on_wait=self.places.append, **fields)
        self.task = asyncio.create_task(read(limiter, request))

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])

    async def code(self) -> str | None:
        return (await self.task)[1]


async def test_no_more_are_open_than_may_be() -> None:
    async with limited([WAIT], [WAIT], HELLO, llm_concurrency=2) as (limiter, model):
        holders = [Caller(limiter), Caller(limiter)]
        await until(lambda: model.open == 2)
        waiting = Caller(limiter)
        await until(lambda: waiting.places == [1])
        assert model.calls == 2

        await holders[0].stop()

        assert await waiting.code() is None
        await holders[1].stop()


async def test_each_is_told_of_their_place_when_it_changes() -> None:
    async with limited([WAIT], [WAIT], llm_concurrency=1) as (limiter, model):
        holder = Caller(limiter)
        await until(lambda: model.open == 1)
        line = [Caller(limiter) for _ in range(3)]
        await until(lambda: [caller.places for caller in line] == [[1], [2], [3]])

        await line[1].stop()
        await until(lambda: line[2].places == [3, 2])
        await holder.stop()
        await until(lambda: line[2].places == [3, 2, 1])

        assert line[0].places == [1]
        for caller in line:
            await caller.stop()


async def test_who_waits_too_long_is_told_that_it_is_busy() -> None:
    async with limited([WAIT], llm_concurrency=1, llm_queue_seconds=0.02) as (limiter, model):
        holder = Caller(limiter)
        await until(lambda: model.open == 1)

        assert await Caller(limiter).code() == "llm_busy"
        await holder.stop()


async def test_our_being_busy_is_not_tried_again_as_a_vendors_is() -> None:
    assert isinstance(Fault.LLM_CROWDED.error(), LLMWithheld)
    assert isinstance(Fault.LLM_BUSY.error(), LLMUnavailable)
    assert Fault.LLM_CROWDED.error().message == Fault.LLM_BUSY.error().message


ENDS = {
    "well": HELLO,
    "badly": [Fault.LLM_UNAVAILABLE.error()],
    "in the middle": [TextDelta("Hel"), Fault.LLM_INTERRUPTED.error()],
    "asked to wait": [Fault.LLM_BUSY.error(retry_after=20)],
    "with a fault of ours": [RuntimeError("a bug")],
}


@pytest.mark.parametrize("script", ENDS.values(), ids=ENDS)
async def test_a_permit_comes_back_however_a_call_ends(script: list[Step]) -> None:
    async with limited(script, script, HELLO, llm_concurrency=1) as (limiter, _):
        for _ in range(2):
            try:
                await read(limiter, REQUEST)
            except RuntimeError:
                pass  # the fault of ours

        assert await read(limiter, REQUEST) == ([*HELLO, Finished("stop")], None)


async def test_a_permit_comes_back_from_a_reader_who_goes_away() -> None:
    async with limited([*HELLO, WAIT], HELLO, llm_concurrency=1) as (limiter, _):
        async with aclosing(limiter.stream(REQUEST)) as parts:
            await anext(parts)

        assert (await read(limiter, REQUEST))[1] is None


async def test_a_permit_comes_back_from_a_budget_that_refuses() -> None:
    async def refuse(_: Attempt) -> None:
        raise AppError("budget_exceeded", "The budget is used up.")

    async with limited(HELLO, llm_concurrency=1) as (limiter, model):
        refused = await read(limiter, replace(REQUEST, on_attempt=refuse))
        assert refused == ([], "budget_exceeded")
        assert model.calls == 0

        assert (await read(limiter, REQUEST))[1] is None


async def test_says_once_that_redis_is_away() -> None:
    with capture_logs() as logs:
        async with limited(*[HELLO] * 20) as (limiter, _):
            for _ in range(20):
                await read(limiter, REQUEST)

    assert [entry["event"] for entry in logs] == ["llm.shared_state_away"]


@pytest.mark.parametrize(
    ("outcome", "usage", "tokens"),
    [
        ("finished", Usage(100, 20), 120),
        ("finished", Usage(100, None), 100),
        ("finished", Usage(None, None), UNKNOWN),
        ("finished", None, UNKNOWN),
        ("stopped", None, UNKNOWN),
        ("stopped", Usage(100, 7), 107),
        ("llm_interrupted", Usage(100, 7), 107),
        ("llm_busy", None, 0),
    ],
)
def test_a_call_took_what_was_counted(outcome: str, usage: Usage | None, tokens: int) -> None:
    attempt = Attempt("openai", "m", FakeClock().now(), usage=usage, outcome=outcome)

    assert _taken([attempt]) == tokens


def test_a_call_that_reached_nobody_took_nothing() -> None:
    assert _taken([]) == 0


async def test_reserves_the_prompt_and_the_longest_answer() -> None:
    call = ToolCall("1", "look_up", "x" * 40)
    messages = [ChatMessage("user", "y" * 60), ChatMessage("assistant", "", [call])]
    tool = Tool("look_up", "z" * 100, {})
    async with limited(llm_max_output_tokens=1000) as (limiter, _):
        assert limiter._estimate(LLMRequest(messages)) == 25 + 1000
        assert limiter._estimate(LLMRequest(messages, max_output_tokens=50)) == 25 + 50
        assert limiter._estimate(LLMRequest(messages, tools=[tool])) >= 50 + 1000
