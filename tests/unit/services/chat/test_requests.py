import uuid
from typing import Any

import pytest

from modules.backend.core.errors import InvalidInput
from modules.backend.services.chat.requests import (
    MAX_ID_CHARACTERS,
    MAX_MESSAGE_CHARACTERS,
    RunRequest,
)

LONGEST_ID = "i" * MAX_ID_CHARACTERS


def request(**changes: Any) -> RunRequest:
    fields = {
        "thread_id": uuid.UUID(int=1),
        "run_id": uuid.UUID(int=2),
        "message_id": "question",
        "text": "What access do I have?",
    }
    return RunRequest(**fields | changes)


class TestLimits:
    @pytest.mark.parametrize(
        "changes",
        [
            {"text": "?"},
            {"text": "x" * MAX_MESSAGE_CHARACTERS},
            {"text": "😀" * MAX_MESSAGE_CHARACTERS},
            {"message_id": "i"},
            {"message_id": LONGEST_ID, "edit": LONGEST_ID},
            {"message_id": None, "text": "", "regenerate": LONGEST_ID},
        ],
        ids="-".join,
    )
    def test_up_to_them_everything_is_possible(self, changes: dict[str, Any]) -> None:
        made = request(**changes)

        assert {name: getattr(made, name) for name in changes} == changes

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"message_id": None}, "message_empty"),
            ({"text": ""}, "message_empty"),
            ({"text": " \n\t\u00a0"}, "message_empty"),
            ({"text": "x" * (MAX_MESSAGE_CHARACTERS + 1)}, "message_too_long"),
            ({"text": "NUL \x00"}, "invalid_input"),
            ({"message_id": ""}, "invalid_input"),
            ({"message_id": LONGEST_ID + "i"}, "invalid_input"),
            ({"message_id": "NUL \x00"}, "invalid_input"),
            ({"edit": ""}, "invalid_input"),
            ({"edit": LONGEST_ID + "i"}, "invalid_input"),
            ({"regenerate": ""}, "invalid_input"),
            ({"regenerate": LONGEST_ID + "i"}, "invalid_input"),
        ],
        ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
    )
    def test_past_them_the_fault_is_named(self, changes: dict[str, Any], code: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            request(**changes)

        assert refused.value.code == code


class TestInputHash:
    def test_the_same_question_has_the_same(self) -> None:
        assert request(run_id=uuid.UUID(int=3)).input_hash == request().input_hash

    @pytest.mark.parametrize(
        "changes",
        [
            {"text": "What access do I have"},
            {"message_id": "another"},
            {"edit": "earlier"},
            {"regenerate": "earlier"},
        ],
        ids="-".join,
    )
    def test_another_one_has_another(self, changes: dict[str, Any]) -> None:
        assert request(**changes).input_hash != request().input_hash

    def test_a_new_answer_is_asked_for_whatever_message_comes_along(self) -> None:
        bare = request(message_id=None, text="", regenerate="answer")

        assert request(regenerate="answer").input_hash == bare.input_hash
