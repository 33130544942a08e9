import pytest

from modules.backend.services.llm.sse import MAX_EVENT_BYTES, EventTooLarge, SSEParser

STREAM = (
    ": a comment\n\n"
    'data: {"text":"é – 🌍"}\n\n'
    "event: message\r\n"
    'data: {"n":1}\r\n\r\n'
    "id: 7\n"
    "data: first\n"
    "data:second\n\n"
    "retry: 10\n\n"
    "data: [DONE]\n\n"
).encode()
EVENTS = ['{"text":"é – 🌍"}'.encode(), b'{"n":1}', b"first\nsecond", b"[DONE]"]


def parse(*reads: bytes) -> list[bytes]:
    parser = SSEParser()
    return [event for read in reads for event in parser.feed(read)]


@pytest.mark.parametrize("place", range(len(STREAM) + 1))
def test_a_stream_may_be_cut_anywhere(place: int) -> None:
    assert parse(STREAM[:place], STREAM[place:]) == EVENTS


def test_a_stream_may_come_byte_by_byte() -> None:
    assert parse(*(bytes([byte]) for byte in STREAM)) == EVENTS


def test_an_event_that_is_not_complete_is_not_given() -> None:
    parser = SSEParser()

    assert list(parser.feed(b"data: one\n\ndata: two\n")) == [b"one"]
    assert list(parser.feed(b"\n")) == [b"two"]


def test_an_event_may_be_large() -> None:
    text = b"x" * (MAX_EVENT_BYTES - 100)

    assert parse(b"data: " + text[:500], text[500:] + b"\n\n") == [text]


def test_an_event_that_is_too_large_in_one_read_is_given_up() -> None:
    with pytest.raises(EventTooLarge):
        parse(b"data: " + b"x" * MAX_EVENT_BYTES + b"\n\n")


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\n\r\n"])
@pytest.mark.parametrize("place", range(5))
def test_an_end_may_be_cut_in_two(end: bytes, place: int) -> None:
    stream = b"data: one" + end + b"data: two" + end
    border = len(b"data: one") + place

    assert parse(stream[:border], stream[border:]) == [b"one", b"two"]


def test_an_event_without_end_is_given_up() -> None:
    parser = SSEParser()
    half = b"x" * (MAX_EVENT_BYTES // 2 + 1)
    list(parser.feed(half))

    with pytest.raises(EventTooLarge):
        list(parser.feed(half))
