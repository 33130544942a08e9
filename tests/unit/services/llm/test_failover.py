import pytest

from modules.backend.core.errors import AppError, LLMError
from modules.backend.services.llm.failover import Failover
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import (
    ChatMessage,
    Finished,
    LLMPart,
    LLMRequest,
    ModelRole,
    TextDelta,
    Usage,
)
from tests.fixtures.scripted import ScriptedProvider, Step

REQUEST = LLMRequest([ChatMessage("user", "Hello")])
HELLO = [TextDelta("Hello")]
OWN_TROUBLES = [f for f in Fault if f.value.error.__name__ != "LLMRejected"]
REFUSALS = [f for f in Fault if f.value.error.__name__ == "LLMRejected"]


async def answer(*scripts: list[Step]) -> tuple[list[LLMPart], list[int], str | None]:
    """What came, how often each provider was asked, and the code of the error it ended with."""
    providers = [ScriptedProvider(script) for script in scripts]
    parts: list[LLMPart] = []
    code = None
    try:
        async for part in Failover(providers).stream(REQUEST):
            parts.append(part)
    except LLMError as error:
        code = error.code
    assert [provider.open for provider in providers] == [0] * len(providers)
    return parts, [provider.calls for provider in providers], code


@pytest.mark.parametrize("fault", OWN_TROUBLES, ids=lambda fault: fault.name)
async def test_a_vendors_own_trouble_is_another_ones_turn(fault: Fault) -> None:
    parts, asked, code = await answer([fault.error()], [*HELLO])

    assert (parts, asked, code) == ([*HELLO, Finished("stop")], [1, 1], None)


@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: fault.name)
async def test_a_refused_question_goes_back_to_the_person(fault: Fault) -> None:
    parts, asked, code = await answer([fault.error()], [*HELLO])

    assert (parts, asked, code) == ([], [1, 0], fault.code)


async def test_text_of_two_vendors_is_never_mixed() -> None:
    parts, asked, code = await answer([TextDelta("Hel"), Fault.LLM_BUSY.error()], [*HELLO])

    assert (parts, asked, code) == ([TextDelta("Hel")], [1, 0], "llm_busy")


async def test_figures_alone_do_not_hold_it_back() -> None:
    parts, asked, _ = await answer([Usage(5, 0), Fault.LLM_BUSY.error()], [*HELLO])

    assert (parts[-2:], asked) == ([*HELLO, Finished("stop")], [1, 1])


async def test_the_last_ones_error_is_what_is_told() -> None:
    parts, asked, code = await answer(
        [Fault.LLM_BUSY.error()], [Fault.LLM_MODEL_RETIRED.error()], [Fault.LLM_TIMEOUT.error()]
    )

    assert (parts, asked, code) == ([], [1, 1, 1], "llm_timeout")


async def test_a_refusal_of_ours_is_no_vendors_trouble() -> None:
    with pytest.raises(AppError, match="budget"):
        await answer([AppError("budget_exceeded", "The budget is used up.")], [*HELLO])


def test_goes_by_the_first() -> None:
    first, second = ScriptedProvider(), ScriptedProvider()
    second.name = "second"

    assert Failover([first, second]).name == "scripted"
    assert Failover([first, second]).model(ModelRole.CHAT) == "scripted-chat"


def test_needs_a_provider() -> None:
    with pytest.raises(ValueError, match="provider"):
        Failover([])
