import tracemalloc
import uuid
from typing import Any

import orjson
import pytest
from ag_ui.core import Event as ProtocolEvent
from pydantic import TypeAdapter

from modules.backend.core.errors import AppError, InvalidInput
from modules.backend.services.chat import events
from modules.backend.services.chat.events import START, Cursor, Spending, stamp
from modules.backend.services.llm.provider import Usage
from modules.backend.services.llm.settlement import token_usage

THREAD = uuid.UUID(int=1)
RUN = uuid.UUID(int=2)

LONG = "1-" + "9" * 40

protocol = TypeAdapter(ProtocolEvent)


NOTHING = Spending([], {"amount": "0", "currency": "USD", "isComplete": True})
SPENT = Spending(
    [token_usage("openai", "gpt-5.1", Usage(10, 5, 2, 3))],
    {"amount": "0.0000625", "currency": "USD", "isComplete": True},
)


EVENTS = [
    events.run_started(THREAD, RUN),
    events.text_start("answer"),
    events.text_content("answer", "Hello “world” 🌍\n"),
    events.text_end("answer"),
    events.messages_snapshot(
        [
            {"id": "1", "role": "user", "content": "Hi"},
            {"id": "2", "role": "assistant", "content": "Hello"},
        ]
    ),
    events.run_finished(THREAD, RUN, {"type": "success"}, SPENT),
    events.run_finished(THREAD, RUN, {"type": "cancelled"}, NOTHING),
    events.run_finished(
        THREAD, RUN, events.interrupted([{"id": "1", "reason": "confirmation"}]), NOTHING
    ),
    *events.tool_call("call", "list_my_access", "Looked up your access", "{}", "answer"),
    events.tool_result("call", '{"items": []}', seconds=0.4, is_error=False),
    events.waiting(3),
    events.run_error(AppError("internal", "Something went wrong here."), SPENT),
]


class TestCursor:
    @pytest.mark.parametrize(
        ("text", "cursor"),
        [("0", START), ("0-0", START), ("1-17", Cursor(1, 17)), ("12-3", Cursor(12, 3))],
    )
    def test_is_read(self, text: str, cursor: Cursor) -> None:
        assert Cursor.parse(text) == cursor

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "-",
            "1-",
            "-1",
            "1-2-3",
            "a-1",
            "1-b",
            " 1-2",
            "1-2 ",
            "+1-2",
            "1.0",
            "٣-٤",
            "²",
            LONG,
        ],
    )
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidInput):
            Cursor.parse(text)

    def test_is_written_as_it_is_read(self) -> None:
        assert str(Cursor(3, 14)) == "3-14"

    def test_orders_by_generation_first(self) -> None:
        assert START < Cursor(1, 9) < Cursor(1, 10) < Cursor(2, 3)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["type"])
class TestEvents:
    def test_are_those_of_the_protocol(self, event: dict[str, Any]) -> None:
        frame = stamp(dict(event), RUN, Cursor(2, 7))

        read = protocol.validate_json(frame.data)

        written = read.model_dump(mode="json", by_alias=True, exclude_none=True)
        assert written == orjson.loads(frame.data)

    def test_begin_with_their_type(self, event: dict[str, Any]) -> None:
        frame = stamp(dict(event), RUN, Cursor(2, 7))

        assert frame.data.startswith(f'{{"type":"{event["type"]}"'.encode())

    def test_are_terminal_only_at_the_end(self, event: dict[str, Any]) -> None:
        frame = stamp(dict(event), RUN, Cursor(2, 7))

        assert frame.is_terminal == (event["type"] in ("RUN_FINISHED", "RUN_ERROR"))


class TestStamp:
    def test_gives_an_event_its_place(self) -> None:
        frame = stamp(events.text_end("answer"), RUN, Cursor(2, 7))

        assert frame.cursor == Cursor(2, 7)
        assert orjson.loads(frame.data)["metadata"] == {"runId": str(RUN), "gen": 2, "seq": 7}

    def test_keeps_what_the_event_says_of_itself(self) -> None:
        error = AppError("internal", "Something went wrong here.")

        frame = stamp(events.run_error(error, SPENT), RUN, Cursor(1, 3))

        assert orjson.loads(frame.data)["metadata"]["retryable"] is False

    def test_a_text_that_looks_like_an_end_is_none(self) -> None:
        frame = stamp(events.text_content("answer", '{"type":"RUN_FINISHED"'), RUN, Cursor(1, 2))

        assert not frame.is_terminal


def test_a_frame_holds_hardly_more_than_its_bytes() -> None:
    """Hundreds of them wait for a reader that is slow."""
    frames = []
    tracemalloc.start()
    try:
        for number in range(1, 201):
            frames.append(stamp(events.text_content("answer", "word"), RUN, Cursor(1, number)))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held / len(frames) < len(frames[0].data) + 300
