import pytest

from modules.backend.repositories.budgets import ALL
from modules.backend.services.llm.budgets import _exceeded
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import Attempt, ChatMessage, LLMRequest, Tool, ToolCall
from tests.fixtures.clock import FakeClock
from tests.fixtures.scripted import ScriptedProvider

TOOL = Tool("find", "Finds access", {"type": "object", "properties": {"name": {}}})


async def attempt_of(request: LLMRequest) -> Attempt:
    """What a request is said to be at most, before anything is sent."""
    seen: list[Attempt] = []

    async def refuse(attempt: Attempt) -> None:
        seen.append(attempt)
        raise _exceeded(ALL)

    provider = ScriptedProvider()
    refusing = LLMRequest(
        request.messages,
        tools=request.tools,
        max_output_tokens=request.max_output_tokens,
        on_attempt=refuse,
    )
    with pytest.raises(type(_exceeded(ALL))):
        async for _ in Metered(provider, FakeClock()).stream(refusing):
            pass
    assert provider.calls == 0
    return seen[0]


class TestWhatARequestCanHave:
    @pytest.mark.parametrize("text", ["Hello", "Zugriff – 🌍", "你好" * 50, ""])
    async def test_no_text_has_more_tokens_than_bytes(self, text: str) -> None:
        attempt = await attempt_of(LLMRequest([ChatMessage("user", text)]))

        assert attempt.input_bound > len(text.encode())
        assert attempt.input_estimate == len(text) // 4

    async def test_tools_and_their_calls_count(self) -> None:
        call = ToolCall("1", "find", '{"name": "' + "x" * 400 + '"}')
        plain = await attempt_of(LLMRequest([ChatMessage("assistant", "")]))
        calling = await attempt_of(
            LLMRequest([ChatMessage("assistant", "", tool_calls=[call])], tools=[TOOL])
        )

        assert calling.input_bound > plain.input_bound + 400
        assert calling.input_estimate > plain.input_estimate + 100

    async def test_the_answer_has_what_was_allowed(self) -> None:
        allowed = await attempt_of(LLMRequest([], max_output_tokens=77))
        open_ended = await attempt_of(LLMRequest([]))

        assert (allowed.output_bound, open_ended.output_bound) == (77, None)


class TestRefusal:
    @pytest.mark.parametrize(("scope", "whose"), [(ALL, "company's"), ("a person's id", "your")])
    def test_says_whose_budget_it_is_and_when_there_is_a_new_one(
        self, scope: str, whose: str
    ) -> None:
        refusal = _exceeded(scope)

        assert (refusal.code, refusal.retryable) == ("budget_exceeded", False)
        assert whose in refusal.message
        assert "midnight UTC" in refusal.message
