"""Server-sent events out of raw bytes, as cheaply as a chunk deserves.

The format is that of the HTML standard, section 9.2.6, as far as vendors use it: lines end with a
line feed, with or without a carriage return before it, and only `data` fields are kept.
"""

import re
from collections.abc import Iterator

MAX_EVENT_BYTES = 1_000_000
"""No vendor sends events of this size: whoever does is not speaking the protocol."""

_END = re.compile(rb"\n\r?\n")
_LONGEST_END = 3


class EventTooLarge(Exception):
    """An event is longer than any vendor's."""


class SSEParser:
    """Feed it what a read brought; it yields the data of each event that is complete."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, read: bytes) -> Iterator[bytes]:
        """The data of the events completed by these bytes. Raises EventTooLarge."""
        buffer, begin = self._buffer, 0
        # What is there already was searched before, but for an end that began in it.
        position = max(0, len(buffer) - _LONGEST_END + 1)
        buffer += read
        while end := _END.search(buffer, position):
            if data := _data(bytes(buffer[begin : end.start()])):
                yield data
            begin = position = end.end()
        del buffer[:begin]
        if len(buffer) > MAX_EVENT_BYTES:
            buffer.clear()
            raise EventTooLarge


def _data(event: bytes) -> bytes:
    if len(event) > MAX_EVENT_BYTES:
        raise EventTooLarge
    if event.startswith(b"data: ") and b"\n" not in event:
        return event[6:].removesuffix(b"\r")
    return b"\n".join(
        line[5:].removeprefix(b" ").removesuffix(b"\r")
        for line in event.split(b"\n")
        if line.startswith(b"data:")
    )
