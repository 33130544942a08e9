"""What every adapter makes of an answer, whatever its vendor's words for it."""

import json

import pytest

from modules.backend.services.llm.provider import (
    ChatMessage,
    Finished,
    LLMProvider,
    LLMRequest,
    ModelRole,
    TextDelta,
    ToolCall,
    Usage,
)
from tests.contract.llm.conftest import MakeProvider
from tests.fixtures.chat import new_id
from tests.fixtures.stores import SandboxClient
from tests.fixtures.vendors import (
    LIST,
    LOOK_UP,
    Vendor,
    asking,
    calls_of,
    parts_of,
    text_of,
    words,
)

pytestmark = pytest.mark.integration

ARGUMENTS = [
    {"number": number, "words": ["Zugriff", "für", "“Łena”", "– 🌍"] * number}
    for number in range(1, 5)
]


class TestText:
    async def test_comes_whole_with_usage_and_end_behind_it(
        self, vendor: Vendor, provider: LLMProvider
    ) -> None:
        *text, usage, finished = await parts_of(provider, asking("[[sandbox tokens=500]]"))

        assert {type(part) for part in text} == {TextDelta}
        assert text_of(text) == words(500)
        assert isinstance(usage, Usage)
        assert finished == Finished(vendor.finished)

    async def test_may_be_empty(self, vendor: Vendor, provider: LLMProvider) -> None:
        usage, finished = await parts_of(provider, asking("[[sandbox tokens=0]]"))

        assert isinstance(usage, Usage)
        assert (usage.output_tokens, finished) == (0, Finished(vendor.finished))

    async def test_stays_whole_wherever_reads_are_cut(self, provider: LLMProvider) -> None:
        question = "Say it: “Łena” – 🌍. What did I just ask?"
        history = [
            ChatMessage("user", question),
            ChatMessage("assistant", "Gern."),
            ChatMessage("user", "What did I just ask? [[sandbox split=1]]"),
        ]

        parts = await parts_of(provider, LLMRequest(history))

        assert f"> {question}" in text_of(parts)
        assert isinstance(parts[-1], Finished)

    @pytest.mark.parametrize("size", [2, 3, 5, 7, 64, 1000])
    async def test_is_the_same_for_every_size_of_read(
        self, provider: LLMProvider, size: int
    ) -> None:
        parts = await parts_of(provider, asking(f"[[sandbox tokens=40 split={size}]]"))

        assert text_of(parts) == words(40)
        assert isinstance(parts[-2], Usage)

    async def test_comes_after_chunks_that_hold_nothing(self, provider: LLMProvider) -> None:
        first, *_ = parts = await parts_of(provider, asking("[[sandbox tokens=3 idle=5]]"))

        assert isinstance(first, TextDelta)
        assert text_of(parts) == words(3)

    async def test_of_a_refusal_is_an_answer(self, provider: LLMProvider) -> None:
        parts = await parts_of(provider, asking("[[sandbox tokens=5 fault=refusal]]"))

        assert text_of(parts) == words(5)
        assert isinstance(parts[-1], Finished)

    async def test_of_one_read_is_one_part(self, provider: LLMProvider) -> None:
        # So many bytes are sent at once that each read holds many pieces.
        parts = await parts_of(provider, asking("[[sandbox tokens=200 split=1000000]]"))

        assert sum(isinstance(part, TextDelta) for part in parts) < 20
        assert text_of(parts) == words(200)


class TestLimits:
    async def test_of_one_call_are_sent(self, vendor: Vendor, provider: LLMProvider) -> None:
        parts = await parts_of(provider, asking("[[sandbox tokens=50]]", max_output_tokens=5))

        assert text_of(parts) == words(5)
        assert parts[-1] == Finished(vendor.cut_off)

    async def test_of_the_settings_are_sent_otherwise(self, make_provider: MakeProvider) -> None:
        short = make_provider(llm_max_output_tokens=16)

        assert text_of(await parts_of(short, asking("[[sandbox tokens=50]]"))) == words(16)


class TestModels:
    async def test_play_their_roles(
        self, vendor: Vendor, make_provider: MakeProvider, sandbox: SandboxClient
    ) -> None:
        question = f"{new_id()} [[sandbox tokens=1]]"
        provider = make_provider()

        for role in ModelRole:
            await parts_of(provider, asking(question, role=role))

        assert [call["model"] for call in sandbox.calls(question)] == [
            "sandbox-chat",
            "sandbox-small",
        ]


class TestTools:
    @pytest.mark.parametrize("split", [1, 7, 100_000])
    async def test_calls_come_whole_and_apart(
        self, vendor: Vendor, provider: LLMProvider, split: int
    ) -> None:
        question = f"[[sandbox tools=4 split={split}]]"

        parts = await parts_of(provider, asking(question, tools=[LOOK_UP, LIST]))

        calls = calls_of(parts)
        assert [call.name for call in calls] == ["list_access", "look_up"] * 2
        assert [json.loads(call.arguments) for call in calls] == ARGUMENTS
        assert len({call.id for call in calls} - {""}) == 4
        assert text_of(parts) == ""
        assert parts[-1] == Finished(vendor.with_tools)

    async def test_that_were_cut_off_are_not_called(
        self, vendor: Vendor, provider: LLMProvider
    ) -> None:
        request = asking("[[sandbox tools=2]]", tools=[LOOK_UP], max_output_tokens=5)

        parts = await parts_of(provider, request)

        assert calls_of(parts) == []
        assert parts[-1] == Finished(vendor.cut_off)

    async def test_results_go_back_to_the_model(self, provider: LLMProvider) -> None:
        calls = [ToolCall("call_1", "look_up", '{"id": 7}'), ToolCall("call_2", "list_access", "")]
        messages = [
            ChatMessage("system", "You are kind."),
            ChatMessage("user", "Look it up"),
            ChatMessage("assistant", "", tool_calls=calls),
            ChatMessage("tool", '{"items": [1, 2, 3]}', tool_call_id="call_1"),
            ChatMessage("tool", '{"items": []}', tool_call_id="call_2"),
        ]

        parts = await parts_of(provider, LLMRequest(messages, tools=[LOOK_UP, LIST]))

        assert text_of(parts).startswith("The tool `look_up` returned 3 entries")
        assert "The tool `list_access` returned 0 entries" in text_of(parts)

    async def test_a_question_may_follow_results(self, provider: LLMProvider) -> None:
        messages = [
            ChatMessage("user", "Look it up"),
            ChatMessage("assistant", "I do.", tool_calls=[ToolCall("call_1", "look_up", "{}")]),
            ChatMessage("tool", "nothing", tool_call_id="call_1"),
            ChatMessage("user", "Never mind. [[sandbox tokens=2]]"),
        ]

        parts = await parts_of(provider, LLMRequest(messages, tools=[LOOK_UP]))

        assert text_of(parts) == words(2)
