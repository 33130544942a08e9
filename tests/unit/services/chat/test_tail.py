import uuid

from modules.backend.services.chat import events
from modules.backend.services.chat.events import START, Cursor, Event, stamp
from modules.backend.services.chat.tail import Tail

ID = uuid.UUID(int=1)


def tail_of(*said: Event) -> Tail:
    tail = Tail()
    for seq, event in enumerate(said, start=1):
        tail.see(stamp(event, ID, Cursor(1, seq)))
    return tail


def test_an_empty_log_has_no_end() -> None:
    tail = tail_of()

    assert (tail.last, tail.open_message) == (START, None)


def test_an_answer_in_the_making_is_open() -> None:
    tail = tail_of(
        events.run_started(ID, ID), events.text_start("one"), events.text_content("one", "Hel")
    )

    assert (tail.last, tail.open_message) == (Cursor(1, 3), "one")


def test_a_closed_answer_is_not() -> None:
    tail = tail_of(events.text_start("one"), events.text_end("one"))

    assert tail.open_message is None


def test_only_the_last_of_several_answers_is_open() -> None:
    tail = tail_of(events.text_start("one"), events.text_end("one"), events.text_start("two"))

    assert tail.open_message == "two"


def test_a_log_that_began_anew_forgets_what_was_open() -> None:
    tail = tail_of(events.text_start("one"), events.run_started(ID, ID))

    assert tail.open_message is None


def test_text_about_events_opens_nothing() -> None:
    tail = tail_of(events.text_content("one", '{"type":"TEXT_MESSAGE_START","messageId":"two"}'))

    assert tail.open_message is None


def test_a_call_that_was_cut_off_is_open() -> None:
    whole = events.tool_call("one", "find", "Looked it up", "{}", "answer")
    cut_off = events.tool_call("two", "find", "Looked it up", "{}", "answer")[:-1]
    tail = tail_of(*whole, *cut_off)

    assert tail.open_calls == ["two"]
