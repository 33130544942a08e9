"""What an answer did on its way: its tool calls, for the page and for the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modules.backend.services.chat.events import Event, tool_message_id
from modules.backend.services.chat.tools.toolbox import Outcome


@dataclass(frozen=True, slots=True)
class Step:
    """One call. `arguments` and the outcome's text are JSON."""

    id: str
    name: str
    title: str
    arguments: str
    outcome: Outcome

    def stored(self) -> dict[str, Any]:
        """The step as the answer's message keeps it."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "arguments": self.arguments,
            "result": self.outcome.text,
            "seconds": round(self.outcome.seconds, 3),
            "isError": self.outcome.is_error,
            "records": dict(self.outcome.records),
        }


def call_of(step: Mapping[str, Any]) -> Event:
    """A stored step as the call of a protocol message."""
    return {
        "id": step["id"],
        "type": "function",
        "function": {"name": step["name"], "arguments": step["arguments"]},
    }


def result_of(step: Mapping[str, Any]) -> Event:
    """What a stored step brought, as a protocol message."""
    return {
        "id": tool_message_id(step["id"]),
        "role": "tool",
        "toolCallId": step["id"],
        "content": step["result"],
    }
