"""Which journey a question begins or goes on with. What nobody recognises starts none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from modules.sandbox.llm.journeys import (
    deciding,
    following,
    holding,
    requesting,
    reviewing,
    words,
)
from modules.sandbox.llm.journeys.turn import Say, Step, Turn

MAX_STEPS = 5
"""Tools asked for one after the other; then something does not fit, and the person is told."""

Wanted = dict[str, Any]

# In the order of asking: the more particular journeys first.
JOURNEYS: tuple[
    tuple[Callable[[Turn], Wanted | None], Callable[[Turn, Wanted, date], Step]], ...
] = (
    (reviewing.recognise, reviewing.plan),
    (following.recognise, following.plan),
    (requesting.recognise_search, requesting.plan),
    (deciding.recognise, deciding.plan),
)


def next_step(turn: Turn, today: date) -> Step | None:
    """What the model does now; None if the question is of no journey."""
    if "list_my_access" not in turn.tools:
        return None
    if len(turn.results) > MAX_STEPS:
        return Say("I did not get there. Please say it in another way.")
    return _reply_to_question(turn, today) or _begin(turn, today)


def _begin(turn: Turn, today: date) -> Step | None:
    for recognise, plan in JOURNEYS:
        wanted = recognise(turn)
        if wanted is not None:
            return plan(turn, wanted, today)
    # A request for access names what is wanted; what somebody holds is asked in many ways.
    held = holding.recognise(turn)
    if held is not None and held["do"] != "mine":
        return holding.plan(turn, held, today)
    wanted = requesting.recognise(turn)
    if wanted is not None:
        return requesting.plan(turn, wanted, today)
    return None if held is None else holding.plan(turn, held, today)


def _reply_to_question(turn: Turn, today: date) -> Step | None:
    """A reply to what the answer before asked: a choice from a list, or a reason."""
    if asked := requesting.ASKS_WHY.search(turn.said):
        if _begins_anew(turn):
            return None
        return _with_reason(turn, asked["item"], today)
    if requesting.WHICH in turn.said:
        names = words.numbered(turn.said)
        number = words.choice_in(turn.wording)
        name = names.get(number) if number else _named(turn, list(names.values()))
        if name is None:
            return None
        return requesting.plan(replace(turn), {"item": name}, today)
    return None


def _with_reason(turn: Turn, item: str, today: date) -> Step | None:
    record = words.record_of(turn.records, item)
    if record is None:
        return requesting.plan(turn, {"item": item, "reason": turn.question.strip()}, today)
    kind, identifier = record
    reason = words.reason_in(turn) or turn.question.strip()
    found = {"type": kind, "id": identifier, "name": item}
    return requesting.prepare(turn, found, reason, words.end_in(turn.wording, today))


def _begins_anew(turn: Turn) -> bool:
    """Whether a reply is a question of its own, and not the reason that was asked for."""
    if turn.wording.rstrip().endswith("?") or turn.wording in ("no", "cancel", "never mind"):
        return True
    return any(recognise(turn) is not None for recognise, _ in JOURNEYS[1:])


def _named(turn: Turn, names: list[str]) -> str | None:
    found = words.best(turn.wording, [{"name": name} for name in names], "name")
    return str(found[0]["name"]) if len(found) == 1 else None
