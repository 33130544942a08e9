import pytest

from modules.backend.core.errors import LLMUnavailable
from modules.backend.services.llm.provider import LLMRequest, TextDelta, Usage
from modules.backend.services.llm.text import whole_text
from tests.fixtures.scripted import WAIT, ScriptedProvider

REQUEST = LLMRequest([])


async def test_the_text_is_joined_and_nothing_else() -> None:
    model = ScriptedProvider([TextDelta("Hel"), Usage(1, 2), TextDelta("lo")])

    assert await whole_text(model, REQUEST, seconds=30) == "Hello"


async def test_a_model_that_goes_silent_is_left_at_the_deadline() -> None:
    model = ScriptedProvider([TextDelta("Hel"), WAIT])

    with pytest.raises(LLMUnavailable) as refused:
        await whole_text(model, REQUEST, seconds=0.05)

    assert refused.value.code == "llm_timeout"
    assert model.open == 0


async def test_what_the_model_raises_is_raised() -> None:
    model = ScriptedProvider([TextDelta("Hel"), LLMUnavailable("llm_busy", "Busy.")])

    with pytest.raises(LLMUnavailable, match="Busy"):
        await whole_text(model, REQUEST, seconds=30)
