"""“Where is my request?” and “cancel it”."""

import re
from datetime import date
from typing import Any

from modules.sandbox.llm.journeys import words
from modules.sandbox.llm.journeys.requesting import CARD
from modules.sandbox.llm.journeys.turn import Call, Say, Step, Turn

_CANCEL = re.compile(
    r"\b(?:cancel|withdraw|take back|retract|stop|abort|revoke) (?:my |the |that |this )?"
    r"(?:open |pending )?(?:request|order|application)s?(?: for| of| to)?(?P<item>.*)"
    r"|\bi (?:no longer|don't) (?:need|want) (?:my |the )?request(?: for| to)?(?P<other>.*)"
)
_STATUS = re.compile(
    r"\b(?:where|what|how|when|who|has|is|did|any|status|progress|news|update|show|list|see|check|track)"
    r"\b.*\b(?:request|requests|requested|order|application)\b(?: for| to| of)?(?P<item>.*)"
    r"|\bmy (?:open |pending |latest |last )*requests?\b(?P<other>.*)"
    r"|\bwhat happened (?:to|with) my\b(?P<third>.*)"
)
_NOT_MINE = re.compile(
    r"\b(?:can|could|may|how do|how can|where can|where do) i (?:\w+ )?(?:request|order)\b"
)
_NAMES = ("item.name", "requestedFor.name")


def recognise(turn: Turn) -> dict[str, Any] | None:
    wording = words.without_clauses(turn.wording.split(":")[0])
    if found := _CANCEL.search(wording):
        return {"item": (found["item"] or found["other"] or "").strip(), "cancel": True}
    if _NOT_MINE.search(wording):
        return None
    if found := _STATUS.search(wording):
        return {"item": (found["item"] or found["other"] or found["third"] or "").strip()}
    return None


def plan(turn: Turn, wanted: dict[str, Any], _today: date) -> Step:
    """The next step to telling where it is, or to taking it back."""
    listed = turn.result("list_my_requests")
    if listed is None:
        return Call("list_my_requests")
    if listed.error:
        return Say(listed.error)
    if wanted.get("cancel"):
        return _cancel(turn, wanted, listed.items)
    found = words.best(wanted["item"], listed.items, *_NAMES) or listed.items
    if not found:
        return Say("You have no requests. Tell me what you need, and I look for it.")
    lines = [
        f"{_named(request)}: {request['stage']} Since {words.day(request.get('since'))}."
        for request in found
    ]
    return Say(f"Your requests:\n\n{words.listing(lines)}")


def _named(request: dict[str, Any]) -> str:
    name = f"**{request['item']['name']}**"
    return f"{name} for {request['requestedFor']['name']}" if request["forSomebodyElse"] else name


def _cancel(turn: Turn, wanted: dict[str, Any], requests: list[dict[str, Any]]) -> Step:
    open_ones = [request for request in requests if request.get("cancelable")]
    found = words.best(wanted["item"], open_ones, *_NAMES) if wanted["item"] else open_ones
    if not found:
        return Say("None of your requests that can still be cancelled fits that.")
    if len(found) > 1:
        lines = [f"{_named(request)}: {request['stage']}" for request in found]
        return Say(
            f"Which request should be cancelled?\n\n{words.listing(lines)}\n\n"
            "Say “cancel my request for …” with its name."
        )
    done = turn.result("prepare_cancel_request")
    if done is not None:
        return Say(done.error or f"I prepared to cancel {_named(found[0])}. {CARD}")
    reason = words.reason_in(turn) or "No longer needed"
    return Call("prepare_cancel_request", {"request_id": found[0]["id"], "reason": reason})
