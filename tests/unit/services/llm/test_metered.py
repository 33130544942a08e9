import asyncio
from contextlib import aclosing

import pytest

from modules.backend.core.errors import LLMError
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import (
    Attempt,
    ChatMessage,
    LLMRequest,
    ModelRole,
    TextDelta,
    Usage,
)
from tests.fixtures.clock import FakeClock
from tests.fixtures.scripted import WAIT, ScriptedProvider, Step

QUESTION = "How are you today, then?"


class Account:
    """A metered provider and the attempts it told of."""

    def __init__(self, *script: Step) -> None:
        self.attempts: list[Attempt] = []
        self.inner = ScriptedProvider(script)
        self._metered = Metered(self.inner, FakeClock())

    async def _account(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)

    async def read(self, parts: int | None = None) -> None:
        """Reads so many parts, or all."""
        request = LLMRequest(
            [ChatMessage("user", QUESTION)], ModelRole.SMALL, on_attempt=self._account
        )
        async with aclosing(self._metered.stream(request)) as stream:
            async for _ in stream:
                parts = None if parts is None else parts - 1
                if parts == 0:
                    return


async def test_a_whole_answer_has_the_vendors_figures() -> None:
    account = Account(TextDelta("Well"), Usage(7, 1), Usage(7, 2))
    await account.read()

    (attempt,) = account.attempts
    assert (attempt.provider, attempt.model) == ("scripted", "scripted-small")
    assert (attempt.outcome, attempt.usage) == ("finished", Usage(7, 2))
    assert not attempt.is_estimate
    assert attempt.ended_at == FakeClock().now()


async def test_a_stopped_answer_is_estimated_and_marked() -> None:
    account = Account(TextDelta("Well, thank you"), TextDelta("more"))
    await account.read(parts=1)

    (attempt,) = account.attempts
    assert (attempt.outcome, attempt.is_estimate) == ("stopped", True)
    assert attempt.usage == Usage(len(QUESTION) // 4, 4)


async def test_a_cancelled_one_too() -> None:
    account = Account(TextDelta("Well"), WAIT)
    reading = asyncio.create_task(account.read())
    await account.inner.waits.wait()
    reading.cancel()
    await asyncio.wait([reading])

    assert account.attempts[0].outcome == "stopped"
    assert account.inner.open == 0


async def test_one_that_is_cut_before_the_first_text_has_read_the_question() -> None:
    account = Account(Fault.LLM_INTERRUPTED.error())
    with pytest.raises(LLMError):
        await account.read()

    (attempt,) = account.attempts
    assert (attempt.usage, attempt.is_estimate) == (Usage(len(QUESTION) // 4, 0), True)


async def test_a_fault_that_nobody_foresaw_has_an_end_too() -> None:
    account = Account(RuntimeError("a bug"))
    with pytest.raises(RuntimeError):
        await account.read()

    assert account.attempts[0].outcome == "internal"


async def test_a_failed_one_has_the_code_of_its_error() -> None:
    account = Account(Fault.LLM_BUSY.error())
    with pytest.raises(LLMError):
        await account.read()

    (attempt,) = account.attempts
    assert (attempt.outcome, attempt.usage) == ("llm_busy", None)


async def test_the_vendors_figures_win_over_an_estimate() -> None:
    account = Account(Usage(9, 1), TextDelta("Well"), Fault.LLM_INTERRUPTED.error())
    with pytest.raises(LLMError):
        await account.read()

    assert account.attempts[0].usage == Usage(9, 1)
    assert not account.attempts[0].is_estimate
