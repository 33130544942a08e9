"""Which turns stay whole and which are folded."""

import random
from dataclasses import dataclass

import pytest

from modules.backend.services.chat.budget import MAX_MESSAGES, Budget
from modules.backend.services.llm.tokens import BYTES_PER_TOKEN, TOKENS_PER_MESSAGE

BUDGET = Budget(room=1_200, summary=150)


@dataclass(frozen=True)
class Said:
    position: int
    role: str
    size: int


def turns(*weights: int, answered: bool = True) -> list[Said]:
    """Turns of these weights, each half question and half answer, from position 1."""
    said: list[Said] = []
    for weight in weights:
        size = (weight // 2 - TOKENS_PER_MESSAGE) * BYTES_PER_TOKEN
        said += [Said(0, "user", size), Said(0, "assistant", size)]
    if not answered:
        del said[-1]
    return [Said(n, m.role, m.size) for n, m in enumerate(said, start=1)]


def test_nothing_is_folded_while_there_is_room() -> None:
    assert BUDGET.fold_before(turns(*[100] * 8)) is None
    assert BUDGET.fold_before([]) is None


def test_when_there_is_little_the_older_turns_are_folded_down_to_a_third() -> None:
    assert BUDGET.fold_before(turns(*[100] * 9)) == 11  # the last four of nine turns stay


def test_it_is_not_done_again_at_once() -> None:
    nine = turns(*[100] * 9)
    left = [m for m in nine if m.position >= (BUDGET.fold_before(nine) or 0)]

    assert BUDGET.fold_before([*left, *turns(100, 100, 100, 100)]) is None
    assert BUDGET.fold_before([*left, *turns(100, 100, 100, 100, 100)]) is not None


def test_the_newest_turn_stays_while_a_question_finds_room_beside_it() -> None:
    assert BUDGET.fold_before(turns(100, 800)) == 3
    assert BUDGET.fold_before(turns(100, 802)) == 5


def test_a_question_without_an_answer_is_never_folded() -> None:
    assert BUDGET.fold_before(turns(100, 4_000, answered=False)) == 3
    assert BUDGET.fold_before(turns(4_000, answered=False)) is None


def test_what_an_earlier_fold_left_of_a_turn_is_folded() -> None:
    answer, *rest = turns(100, 500, 400)[1:]

    assert BUDGET.fold_before([answer, *rest]) == 5


def test_a_message_takes_its_part_of_the_room_however_short_it_is() -> None:
    assert BUDGET.weight(1) * MAX_MESSAGES >= BUDGET.room


@pytest.mark.parametrize("seed", range(50))
def test_after_a_fold_whole_turns_are_left_that_fit(seed: int) -> None:
    chance = random.Random(seed)
    said = turns(*(2 * chance.randint(10, 700) for _ in range(chance.randint(1, 30))))

    before = BUDGET.fold_before(said)

    left = [m for m in said if before is None or m.position >= before]
    assert not BUDGET.is_used_up(left)
    assert BUDGET.fitting(left) == left
    assert left == [] or left[0].role == "user"
