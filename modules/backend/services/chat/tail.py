"""What a log comes to at its end."""

import orjson

from modules.backend.services.chat.events import START, Cursor, Frame


class Tail:
    """Sees a run's frames in order; knows the last place and what is still open."""

    def __init__(self) -> None:
        self.last: Cursor = START
        self.open_message: str | None = None
        self.open_calls: list[str] = []

    def see(self, frame: Frame) -> None:
        """Takes in the next frame."""
        self.last = frame.cursor
        if frame.data.startswith(b'{"type":"TEXT_MESSAGE_START"'):
            self.open_message = str(orjson.loads(frame.data)["messageId"])
        elif frame.data.startswith((b'{"type":"TEXT_MESSAGE_END"', b'{"type":"RUN_STARTED"')):
            self.open_message = None
        elif frame.data.startswith(b'{"type":"TOOL_CALL_START"'):
            self.open_calls.append(str(orjson.loads(frame.data)["toolCallId"]))
        elif frame.data.startswith(b'{"type":"TOOL_CALL_END"'):
            self.open_calls.remove(str(orjson.loads(frame.data)["toolCallId"]))
