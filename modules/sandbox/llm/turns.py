"""The turns of a request to the Messages API, and what is refused of them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from modules.sandbox.llm.wire import FunctionCall, Message, MessageToolCall, WireError

Turn = tuple[str, str | list[dict[str, Any]]]


def check_turns(turns: Sequence[Turn]) -> None:
    """Raises `WireError` for an order of turns, or a block, that Anthropic would refuse."""
    if turns[0][0] != "user":
        raise WireError(400, "messages: first message must use the user role")
    if turns[-1][0] == "assistant":
        raise WireError(400, "messages: this model does not support assistant message prefill")
    waiting: set[str] = set()
    for number, (role, content) in enumerate(turns):
        blocks = _blocks(content)
        if not blocks or any(b["type"] == "text" and not b["text"].strip() for b in blocks):
            raise WireError(400, f"messages.{number}: text content blocks must be non-empty")
        results = {b["tool_use_id"] for b in blocks if b["type"] == "tool_result"}
        if role == "user" and results != waiting:
            raise WireError(400, f"messages.{number}: `tool_use` and `tool_result` do not match")
        waiting = {b["id"] for b in blocks if b["type"] == "tool_use"}


def flattened(turns: Sequence[Turn]) -> Iterator[Message]:
    """The turns as single messages, results of tools apart."""
    for role, content in turns:
        blocks = _blocks(content)
        for block in blocks:
            if block["type"] == "tool_result":
                yield Message(
                    role="tool", content=block["content"], tool_call_id=block["tool_use_id"]
                )
        text = "".join(block["text"] for block in blocks if block["type"] == "text")
        calls = [_call(block) for block in blocks if block["type"] == "tool_use"]
        if text or calls:
            yield Message(
                role="assistant" if role == "assistant" else "user",
                content=text,
                tool_calls=calls or None,
            )


def _blocks(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _call(block: dict[str, Any]) -> MessageToolCall:
    arguments = json.dumps(block["input"], ensure_ascii=False)
    return MessageToolCall(
        id=block["id"], function=FunctionCall(name=block["name"], arguments=arguments)
    )
