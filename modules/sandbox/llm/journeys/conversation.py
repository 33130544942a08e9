"""A request's messages as a turn of a journey."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from modules.sandbox.llm.journeys.turn import Result, Turn, data_of, fences_in, without_fences
from modules.sandbox.llm.wire import Message

RECORDS = "records shown earlier"
DECISIONS = "decisions of the person"


def turn_of(messages: Sequence[Message], tools: frozenset[str]) -> Turn | None:
    """What is asked now, with what came before and since; None if nobody asked anything."""
    asked = [at for at, message in enumerate(messages) if _is_question(message)]
    if not asked:
        return None
    at = asked[-1]
    return Turn(
        question=without_fences(messages[at].text),
        said=_latest(messages[:at], "assistant"),
        records=_records(messages),
        results=_results(messages[at:]),
        tools=tools,
    )


def decided(messages: Sequence[Message]) -> str | None:
    """What to say of decisions that began this turn; None if none did."""
    fenced = fences_in(messages[-1].text).get(DECISIONS)
    if fenced is None or messages[-1].role != "user":
        return None
    outcomes: list[dict[str, Any]] = json.loads(fenced)
    lines = [f"- **{o['what']}**: {o.get('outcome') or o['status']}" for o in outcomes]
    return "This is what became of it:\n\n" + "\n".join(lines)


def _is_question(message: Message) -> bool:
    return message.role == "user" and bool(without_fences(message.text))


def _latest(messages: Sequence[Message], role: str) -> str:
    return next((m.text for m in reversed(messages) if m.role == role and m.text), "")


def _records(messages: Sequence[Message]) -> Mapping[str, str]:
    for message in reversed(messages):
        shown = fences_in(message.text).get(RECORDS) if message.role == "user" else None
        if shown is not None:
            return {str(key): str(label) for key, label in json.loads(shown).items()}
    return {}


def _results(messages: Sequence[Message]) -> list[Result]:
    calls = {call.id: call.function for message in messages for call in message.tool_calls or ()}
    return [
        Result(calls[known].name, data_of(calls[known].arguments), data_of(message.text))
        for message in messages
        if message.role == "tool" and (known := message.tool_call_id or "") in calls
    ]
