"""Whatever was said, the model is shown the newest of it that fits."""

import random
import uuid
from typing import Any

import pytest

from modules.backend.core.database import Database
from modules.backend.services.chat.budget import Budget
from modules.backend.services.chat.context import Context
from modules.backend.services.llm.provider import ChatMessage
from modules.backend.services.llm.tokens import TOKENS_PER_MESSAGE, tokens_of
from tests.fixtures.prompts import QUESTION, spoken
from tests.fixtures.rest import Shelf, Someone
from tests.fixtures.summaries import NARROW, put_summary

pytestmark = pytest.mark.integration


def tokens_of_all(prompt: list[ChatMessage]) -> int:
    return sum(tokens_of(message.content) + TOKENS_PER_MESSAGE for message in prompt)


def generated(chance: random.Random, budget: Budget) -> list[dict[str, Any]]:
    """A conversation of turns long and short, in several scripts, some of them unanswered."""
    said: list[dict[str, Any]] = []
    longest = chance.choice([5, budget.room // 4, budget.room])
    for number in range(chance.randint(0, 40)):
        letter = chance.choice(["x", "é", "权", "🔑"])
        texts = [letter * chance.randint(1, longest) for _ in range(2)]
        answer = chance.choice([texts[1], texts[1], ""])
        said.append({"role": "user", "content": f"{number}? {texts[0]}"})
        said.append({"role": "assistant", "content": answer and f"{number}. {answer}"})
    question = "?" * chance.choice([1, longest, 4 * budget.room])
    return [*said, QUESTION | {"content": question}]


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_was_said(
    seed: int,
    context: Context,
    shelf: Shelf,
    someone: Someone,
    database: Database,
    budget: Budget,
) -> None:
    chance = random.Random(seed)
    said = generated(chance, budget)
    put = await shelf.put(someone, *said)
    covered = 2 * chance.randint(0, len(said) // 2)
    if covered:
        text = chance.choice("x权") * chance.randint(1, NARROW)
        assert await put_summary(database, put, upto=covered, text=text)

    prompt = await context.prompt(uuid.UUID(put), "question")

    turns = spoken(prompt)[1 if covered else 0 :]
    whole = [(m["role"], m["content"]) for m in said[covered:] if m["content"]]
    left_out = whole[: len(whole) - len(turns)]
    # The newest, in their order and without a hole: the rest is in the summary or does not fit.
    assert turns == whole[len(left_out) :]
    assert turns[-1] == ("user", said[-1]["content"])
    assert turns[0][0] == "user"
    assert tokens_of_all(prompt) <= NARROW or len(turns) == 1
    if left_out:
        turn = next(n for n in range(1, len(left_out) + 1) if left_out[-n][0] == "user")
        weights = [budget.weight(len(text.encode())) for _, text in [*left_out[-turn:], *turns]]
        assert sum(weights) > budget.room
