"""The events of a run: their shapes (AG-UI 1.0), their place, their bytes.

An event is encoded once, when it is made; relays pass the bytes on unparsed. `type` is always the
first key, so that the bytes alone tell a terminal event.
"""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import orjson
from ag_ui.core.version import PROTOCOL_VERSION

from modules.backend.core.errors import AppError, InvalidInput

Event = dict[str, Any]

_TERMINAL = (b'{"type":"RUN_FINISHED"', b'{"type":"RUN_ERROR"')


class Cursor(NamedTuple):
    """The place of an event in its run. Orders as the log does: by generation, then by number."""

    gen: int
    seq: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `gen-seq`, or `0` for the start. Raises InvalidInput."""
        gen, dash, seq = text.partition("-")
        if gen.isascii() and gen.isdigit() and len(text) <= 40:
            if not dash:
                return cls(int(gen), 0)
            if seq.isascii() and seq.isdigit():
                return cls(int(gen), int(seq))
        raise InvalidInput(
            "invalid_input", "The place to go on from is not a cursor; send 0 or one like 1-17."
        )

    def __str__(self) -> str:
        return f"{self.gen}-{self.seq}"


START = Cursor(0, 0)


class Frame(NamedTuple):
    """An event as it travels."""

    cursor: Cursor
    data: bytes

    @property
    def is_terminal(self) -> bool:
        """Whether the run ends with this event."""
        return self.data.startswith(_TERMINAL)


def stamp(event: Event, run_id: uuid.UUID, cursor: Cursor) -> Frame:
    """Gives an event its run and its place in it, and encodes it."""
    place = {"runId": str(run_id), "gen": cursor.gen, "seq": cursor.seq}
    event["metadata"] = event.get("metadata", {}) | place
    # orjson gives its bytes with a page of room behind them, which would wait with them: a copy.
    return Frame(cursor, bytes(memoryview(orjson.dumps(event))))


def run_started(thread_id: uuid.UUID, run_id: uuid.UUID) -> Event:
    return {
        "type": "RUN_STARTED",
        "threadId": str(thread_id),
        "runId": str(run_id),
        "protocolVersion": PROTOCOL_VERSION,
    }


def text_start(message_id: str) -> Event:
    return {"type": "TEXT_MESSAGE_START", "messageId": message_id, "role": "assistant"}


def text_content(message_id: str, delta: str) -> Event:
    return {"type": "TEXT_MESSAGE_CONTENT", "messageId": message_id, "delta": delta}


def tool_call(call_id: str, name: str, title: str, arguments: str, message_id: str) -> list[Event]:
    """A call that the model made, whole: `arguments` is JSON, `title` says it for the page."""
    start = {
        "type": "TOOL_CALL_START",
        "toolCallId": call_id,
        "toolCallName": name,
        "parentMessageId": message_id,
        "metadata": {"title": title},
    }
    return [
        start,
        {"type": "TOOL_CALL_ARGS", "toolCallId": call_id, "delta": arguments},
        tool_call_end(call_id),
    ]


def tool_call_end(call_id: str) -> Event:
    return {"type": "TOOL_CALL_END", "toolCallId": call_id}


def tool_result(call_id: str, content: str, *, seconds: float, is_error: bool) -> Event:
    """What the call brought: JSON, the same that the model was shown."""
    return {
        "type": "TOOL_CALL_RESULT",
        "messageId": tool_message_id(call_id),
        "toolCallId": call_id,
        "content": content,
        "role": "tool",
        "metadata": {"seconds": round(seconds, 3), "isError": is_error},
    }


def tool_message_id(call_id: str) -> str:
    return f"{call_id}-result"


def text_end(message_id: str) -> Event:
    return {"type": "TEXT_MESSAGE_END", "messageId": message_id}


def waiting(position: int) -> Event:
    """The place in line for a model that is busy, from 1."""
    return {"type": "CUSTOM", "name": "waiting", "value": {"position": position}}


def messages_snapshot(messages: Sequence[Event]) -> Event:
    return {"type": "MESSAGES_SNAPSHOT", "messages": list(messages)}


def interrupted(interrupts: Sequence[Event]) -> Event:
    """The outcome of a run that goes on with a person's word."""
    return {"type": "interrupt", "interrupts": list(interrupts)}


class Spending(NamedTuple):
    """What a run used, as AG-UI's `TokenUsage` for each attempt, and what it cost."""

    usage: Sequence[Event]
    cost: Event


def run_finished(
    thread_id: uuid.UUID, run_id: uuid.UUID, outcome: Event, spending: Spending
) -> Event:
    return {
        "type": "RUN_FINISHED",
        "threadId": str(thread_id),
        "runId": str(run_id),
        "outcome": outcome,
        "usage": list(spending.usage),
        "metadata": {"cost": spending.cost},
    }


def run_error(error: AppError, spending: Spending) -> Event:
    return {
        "type": "RUN_ERROR",
        "message": error.message,
        "code": error.code,
        "usage": list(spending.usage),
        "metadata": {"retryable": error.retryable, "cost": spending.cost},
    }
