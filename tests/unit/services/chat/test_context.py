"""What the model is shown, from the real database."""

import uuid
from typing import Any

import pytest

from modules.backend.core.database import Database
from modules.backend.services.chat.context import (
    INSTRUCTIONS,
    MAX_CHARACTERS,
    MAX_MESSAGES,
    Context,
)
from modules.backend.services.llm.provider import ChatMessage
from tests.fixtures.rest import AT, Shelf, Someone

pytestmark = pytest.mark.integration

HALF = MAX_CHARACTERS // 2
QUESTION = {"id": "question", "role": "user", "content": "And now?"}


@pytest.fixture
def shown(shelf: Shelf, database: Database, someone: Someone) -> Any:
    """Puts messages into a new conversation; gives what follows the instructions."""

    async def read(*messages: str | dict[str, Any]) -> list[tuple[str, str]]:
        put = await shelf.put(someone, *messages)
        prompt = await Context(database).prompt(uuid.UUID(put), "question")
        assert prompt[0] == ChatMessage("system", INSTRUCTIONS)
        return [(message.role, message.content) for message in prompt[1:]]

    return read


async def test_the_conversation_in_its_order(shown: Any) -> None:
    assert await shown("What do I have?", "SAP.", QUESTION) == [
        ("user", "What do I have?"),
        ("assistant", "SAP."),
        ("user", "And now?"),
    ]


async def test_nothing_that_came_after_the_question(shown: Any) -> None:
    assert await shown(QUESTION, "An answer.", "Another question") == [("user", "And now?")]


async def test_nothing_that_was_withdrawn(shown: Any) -> None:
    assert await shown({"content": "Before", "withdrawn_at": AT}, QUESTION) == [
        ("user", "And now?")
    ]


async def test_no_answer_that_stayed_empty(shown: Any) -> None:
    stopped = {"content": "", "status": "stopped"}

    assert await shown("First?", stopped, QUESTION) == [("user", "First?"), ("user", "And now?")]


async def test_as_much_as_fits_beginning_with_a_question(shown: Any) -> None:
    long = "x" * (HALF - len(QUESTION["content"]))

    # The first question does not fit; its answer would, but nobody would know what it answers.
    assert await shown("Too much" * HALF, long, "Why?", "x", QUESTION) == [
        ("user", "Why?"),
        ("assistant", "x"),
        ("user", "And now?"),
    ]


async def test_up_to_the_last_character(shown: Any) -> None:
    rest = MAX_CHARACTERS - HALF - len(QUESTION["content"])

    fitting = await shown("x" * HALF, "y" * rest, QUESTION)
    too_much = await shown("x" * HALF, "y" * (rest + 1), QUESTION)

    assert [role for role, _ in fitting] == ["user", "assistant", "user"]
    assert [role for role, _ in too_much] == ["user"]


async def test_the_question_whole_however_long(shown: Any) -> None:
    question = QUESTION | {"content": "x" * (MAX_CHARACTERS + 1)}

    assert await shown("Before", "Yes.", question) == [("user", question["content"])]


async def test_no_more_messages_than_the_limit(shown: Any) -> None:
    earlier = [str(n) for n in range(2 * MAX_MESSAGES)]

    messages = await shown(*earlier, QUESTION)

    # The oldest one within the limit is an answer, so it is left out.
    assert len(messages) == MAX_MESSAGES - 1
    assert messages[0][0] == "user"
    assert messages[-1] == ("user", "And now?")
