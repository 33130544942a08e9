"""What a person asks for when a run starts, checked."""

import hashlib
import uuid
from dataclasses import dataclass

from modules.backend.core.errors import InvalidInput
from modules.backend.core.text import is_storable

MAX_MESSAGE_CHARACTERS = 32_000
MAX_ID_CHARACTERS = 128


@dataclass(frozen=True, slots=True)
class Word:
    """What a person decides on a proposal."""

    proposal_id: uuid.UUID
    confirm: bool


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A run to start. Either `regenerate` names an answer to make again, or a message is asked.

    `edit` names the question that the message replaces. `resume` holds the person's word on
    proposals: with it a message is not needed.
    """

    thread_id: uuid.UUID
    run_id: uuid.UUID
    message_id: str | None
    text: str
    regenerate: str | None = None
    edit: str | None = None
    resume: tuple[Word, ...] = ()

    def __post_init__(self) -> None:
        """Raises InvalidInput with what is wrong with it."""
        if self.regenerate is not None:
            _check_id(self.regenerate)
            return
        if len({word.proposal_id for word in self.resume}) < len(self.resume):
            raise InvalidInput("invalid_input", "There are two decisions on one proposal.")
        if self.message_id is None and self.resume:
            return
        if self.message_id is None:
            raise no_question()
        _check_id(self.message_id)
        if self.edit is not None:
            _check_id(self.edit)
        _check_text(self.text)

    @property
    def input_hash(self) -> str:
        """Tells whether a run id that comes again asks for the same."""
        asked = ("", "") if self.regenerate is not None else (self.message_id or "", self.text)
        words = (f"{word.proposal_id} {word.confirm}" for word in self.resume)
        parts = (*asked, self.regenerate or "", self.edit or "", *words)
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def no_question() -> InvalidInput:
    """What to raise where something must be asked and nothing is."""
    return InvalidInput("message_empty", "There is no question in it. Write one and send it.")


def _check_id(message_id: str) -> None:
    if not 0 < len(message_id) <= MAX_ID_CHARACTERS or not is_storable(message_id):
        raise InvalidInput(
            "invalid_input", f"A message id must have 1 to {MAX_ID_CHARACTERS} characters."
        )


def _check_text(text: str) -> None:
    if not text.strip():
        raise no_question()
    if len(text) > MAX_MESSAGE_CHARACTERS:
        raise InvalidInput(
            "message_too_long",
            f"The question has {len(text):,} characters; {MAX_MESSAGE_CHARACTERS:,} are possible. "
            "Shorten it.",
        )
    if not is_storable(text):
        raise InvalidInput(
            "invalid_input", "The question holds characters that are none. Remove them."
        )
