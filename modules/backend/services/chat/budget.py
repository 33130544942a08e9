"""How the tokens of a prompt are shared out: what stays whole, and what the summary takes over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from modules.backend.services.llm.tokens import TOKENS_PER_MESSAGE, tokens_in

MAX_MESSAGES = 200
"""How many messages a prompt may hold, however short they are."""


class Sized(Protocol):
    """A message by its place, its role and the bytes of its text."""

    @property
    def position(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def size(self) -> int: ...


AnySized = TypeVar("AnySized", bound=Sized)


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens of a prompt: `room` for its messages, `summary` for the text of the summary."""

    room: int
    summary: int

    @property
    def most(self) -> int:
        """Above this, older turns are folded. What is left is for the next turns until then."""
        return self.room * 2 // 3

    @property
    def rest(self) -> int:
        """What stays whole after that: far enough below `most` that it is not done every turn."""
        return self.room // 3

    def weight(self, size: int) -> int:
        """The tokens that a message of so many bytes takes.

        None takes less than its part of the room, so that their number is bounded by it, too.
        """
        return max(tokens_in(size) + TOKENS_PER_MESSAGE, -(-self.room // MAX_MESSAGES))

    def fitting(self, messages: Sequence[AnySized]) -> list[AnySized]:
        """The newest that fit, beginning with a question; the last one in any case."""
        first, left = len(messages), self.room
        for index in reversed(range(len(messages))):
            left -= self.weight(messages[index].size)
            if left < 0 and first < len(messages):
                break
            first = index
        questions = (n for n in range(first, len(messages)) if messages[n].role == "user")
        return list(messages[next(questions, -1) :])

    def is_used_up(self, messages: Sequence[Sized]) -> bool:
        """Whether so little room is left that older turns are to be folded."""
        return sum(self.weight(message.size) for message in messages) > self.most

    def fold_before(self, messages: Sequence[Sized]) -> int | None:
        """The position before which messages are to be folded, None if none are.

        Turns stay whole or go as a whole. The newest one stays while the next question may still
        find room beside it; a question without an answer stays however long it is.
        """
        if not self.is_used_up(messages):
            return None
        end = len(messages)
        kept, taken = end, 0
        for index in reversed(range(end)):
            taken += self.weight(messages[index].size)
            if messages[index].role != "user":
                continue
            limit = self.most if kept == end else self.rest
            if taken > limit and index != end - 1:
                break
            kept = index
        if kept == 0:
            return None
        return messages[kept].position if kept < end else messages[-1].position + 1
