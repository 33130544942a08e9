"""What is sent to which model, to the key."""

from typing import Any

import pytest

from modules.backend.services.llm.provider import (
    ChatMessage,
    LLMRequest,
    ModelRole,
    Tool,
    ToolCall,
)
from modules.backend.services.llm.providers import anthropic_body, chat_completions
from modules.backend.services.llm.providers.anthropic_body import BEGINNING

TOOL = Tool("look_up", "Finds access.", {"type": "object"})
CACHED = {"cache_control": {"type": "ephemeral"}}


def question(**fields: Any) -> LLMRequest:
    return LLMRequest([ChatMessage("user", "Hello")], **fields)


def text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


class TestChatCompletions:
    @pytest.mark.parametrize(
        ("model", "role", "expected"),
        [
            (
                "gpt-5.1",
                ModelRole.CHAT,
                {"max_completion_tokens": 100, "reasoning_effort": "none"},
            ),
            (
                "gpt-5.4-mini",
                ModelRole.SMALL,
                {"max_completion_tokens": 100, "reasoning_effort": "none"},
            ),
            ("gpt-5.1-codex", ModelRole.CHAT, {"max_completion_tokens": 100}),
            ("gpt-4o", ModelRole.CHAT, {"max_tokens": 100}),
            ("gpt-4o-mini", ModelRole.SMALL, {"max_tokens": 100, "temperature": 0}),
            ("llama3.2", ModelRole.CHAT, {"max_tokens": 100}),
            ("llama3.2", ModelRole.SMALL, {"max_tokens": 100, "temperature": 0}),
        ],
    )
    def test_hold_only_what_the_model_accepts(
        self, model: str, role: ModelRole, expected: dict[str, Any]
    ) -> None:
        body = chat_completions.body_of(question(role=role), model, 100)

        assert body.pop("messages") == [{"role": "user", "content": "Hello"}]
        assert body == expected

    def test_hold_the_calls_own_limit(self) -> None:
        body = chat_completions.body_of(question(max_output_tokens=7), "gpt-5.1", 100)

        assert body["max_completion_tokens"] == 7

    def test_offer_tools_to_those_who_have_them(self) -> None:
        request = question(tools=[TOOL])

        assert "tools" in chat_completions.body_of(request, "gpt-5.1", 100)
        assert "tools" not in chat_completions.body_of(request, "gemma3:4b", 100)


class TestMessages:
    @pytest.mark.parametrize(
        ("model", "role", "expected"),
        [
            ("claude-sonnet-5-5", ModelRole.CHAT, {"thinking": {"type": "between_tools"}}),
            ("claude-haiku-5-5", ModelRole.SMALL, {"thinking": {"type": "disabled"}}),
            ("claude-opus-5-5", ModelRole.CHAT, {"output_config": {"effort": "low"}}),
            ("claude-haiku-4-5", ModelRole.SMALL, {"temperature": 0}),
            ("claude-of-the-future", ModelRole.SMALL, {}),
        ],
    )
    def test_hold_only_what_the_model_accepts(
        self, model: str, role: ModelRole, expected: dict[str, Any]
    ) -> None:
        body = anthropic_body.body_of(question(role=role), model, 100)

        del body["messages"]
        assert body == {"model": model, "max_tokens": 100, **expected}

    def test_hold_the_calls_own_limit(self) -> None:
        body = anthropic_body.body_of(question(max_output_tokens=7), "claude-sonnet-5-5", 100)

        assert body["max_tokens"] == 7

    def test_ask_for_the_cache_in_a_chat_only(self) -> None:
        chat = anthropic_body.body_of(question(), "claude-sonnet-5-5", 100)
        title = anthropic_body.body_of(question(role=ModelRole.SMALL), "claude-haiku-5-5", 100)

        assert chat["messages"][-1]["content"] == [text("Hello") | CACHED]
        assert title["messages"][-1]["content"] == [text("Hello")]

    def test_keep_instructions_apart(self) -> None:
        messages = [
            ChatMessage("system", "Be kind."),
            ChatMessage("user", "Hello"),
            ChatMessage("system", "Be brief."),
        ]

        body = anthropic_body.body_of(LLMRequest(messages), "claude-sonnet-5-5", 100)

        assert body["system"] == "Be kind.\n\nBe brief."
        assert turns(body) == [("user", [text("Hello")])]

    def test_join_what_one_side_said_in_a_row(self) -> None:
        calls = [ToolCall("c1", "look_up", '{"id": 7}'), ToolCall("c2", "look_up", "not JSON")]
        messages = [
            ChatMessage("user", "One."),
            ChatMessage("user", "Two."),
            ChatMessage("assistant", "Yes.", tool_calls=calls),
            ChatMessage("tool", "first", tool_call_id="c1"),
            ChatMessage("tool", "second", tool_call_id="c2"),
            ChatMessage("user", "Three."),
        ]

        body = anthropic_body.body_of(LLMRequest(messages), "claude-sonnet-5-5", 100)

        assert turns(body) == [
            ("user", [text("One."), text("Two.")]),
            (
                "assistant",
                [
                    text("Yes."),
                    {"type": "tool_use", "id": "c1", "name": "look_up", "input": {"id": 7}},
                    {"type": "tool_use", "id": "c2", "name": "look_up", "input": {}},
                ],
            ),
            (
                "user",
                [
                    {"type": "tool_result", "tool_use_id": "c1", "content": "first"},
                    {"type": "tool_result", "tool_use_id": "c2", "content": "second"},
                    text("Three."),
                ],
            ),
        ]

    def test_begin_with_the_user_and_hold_no_empty_text(self) -> None:
        messages = [
            ChatMessage("assistant", "As I said."),
            ChatMessage("user", " \n"),
            ChatMessage("user", "Go on."),
        ]

        body = anthropic_body.body_of(LLMRequest(messages), "claude-sonnet-5-5", 100)

        assert turns(body) == [
            ("user", [text(BEGINNING)]),
            ("assistant", [text("As I said.")]),
            ("user", [text("Go on.")]),
        ]


def turns(body: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The turns without the mark for the cache."""
    return [
        (turn["role"], [{k: v for k, v in b.items() if k not in CACHED} for b in turn["content"]])
        for turn in body["messages"]
    ]
