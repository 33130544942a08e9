"""Server-sent events out of raw bytes, as cheaply as a chunk deserves.

The format is that of the HTML standard, section 9.2.6, as far as vendors use it: only `data`
fields are kept, each event's on one line or several.
"""

from collections.abc import Iterator

MAX_EVENT_BYTES = 1_000_000
"""No vendor sends events of this size: whoever does is not speaking the protocol."""


class EventTooLarge(Exception):  # says what happened, as the others here do
    pass


class SSEParser:
    """Feed it what a read brought; it yields the data of each event that is complete."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, read: bytes) -> Iterator[bytes]:
        """The data of the events completed by these bytes. Raises EventTooLarge."""
        lines = (self._rest + read).replace(b"\r\n", b"\n")
        *events, self._rest = lines.split(b"\n\n")
        if len(self._rest) > MAX_EVENT_BYTES:
            raise EventTooLarge
        for event in events:
            data = b"\n".join(
                line[5:].lstrip(b" ") for line in event.split(b"\n") if line.startswith(b"data:")
            )
            if data:
                yield data
