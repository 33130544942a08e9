"""What is asked of Anthropic: instructions apart, results of tools as the user's, turns in turn."""

from collections.abc import Sequence
from typing import Any

import orjson

from modules.backend.services.llm.models import model_named
from modules.backend.services.llm.provider import ChatMessage, LLMRequest, ModelRole, Tool, ToolCall

Block = dict[str, Any]

BEGINNING = "(The beginning of this conversation is left out.)"
"""The first turn must be the user's, also where the history was cut."""


def body_of(request: LLMRequest, model: str, max_output: int) -> dict[str, Any]:
    """The request in the words that the model accepts."""
    accepted = model_named(model)
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": request.max_output_tokens or max_output,
        "messages": _turns(request.messages),
    }
    if instructions := [m.content for m in request.messages if m.role == "system" and m.content]:
        body["system"] = "\n\n".join(instructions)
    if request.tools and accepted.tools:
        body["tools"] = [_tool(t) for t in request.tools]
    if accepted.thinking:
        body["thinking"] = {"type": accepted.thinking}
    elif accepted.efforts:
        body["output_config"] = {"effort": accepted.efforts[0]}
    if request.role is ModelRole.SMALL and accepted.temperature:
        body["temperature"] = 0  # titles and classes are the same for the same input
    if request.role is ModelRole.CHAT and body["messages"]:
        # The next turn begins with all of this: reading it again costs a tenth or less.
        body["messages"][-1]["content"][-1]["cache_control"] = {"type": "ephemeral"}
    return body


def _turns(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """User and assistant in turn: what one of them said in a row becomes one message."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        blocks = _blocks(message)
        if not blocks:
            continue
        role = "assistant" if message.role == "assistant" else "user"
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        else:
            turns.append({"role": role, "content": blocks})
    if turns and turns[0]["role"] == "assistant":
        turns.insert(0, {"role": "user", "content": [_text(BEGINNING)]})
    return turns


def _blocks(message: ChatMessage) -> list[Block]:
    """A message's blocks. Text without a letter is refused as a block, and says nothing."""
    if message.role == "system":
        return []
    if message.role == "tool":
        return [
            {
                "type": "tool_result",
                "tool_use_id": message.tool_call_id,
                "content": message.content,
            }
        ]
    text = [_text(message.content)] if message.content.strip() else []
    return text + [_tool_use(call) for call in message.tool_calls]


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _tool_use(call: ToolCall) -> Block:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": _input(call.arguments)}


def _input(arguments: str) -> dict[str, Any]:
    """The arguments as an object; what a model wrote wrongly stands for nothing."""
    try:
        written = orjson.loads(arguments)
    except orjson.JSONDecodeError:
        return {}
    return written if isinstance(written, dict) else {}


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "input_schema": tool.parameters,
    }
