"""“What do I have to review?”, “keep what you recommend”, “revoke …”, “sign off”."""

import re
from datetime import date
from typing import Any

from modules.sandbox.llm.journeys import words
from modules.sandbox.llm.journeys.requesting import CARD
from modules.sandbox.llm.journeys.turn import Call, Say, Step, Turn

MOST = 250
_ABOUT = r"\b(?:reviews?|certif\w*|attest\w*|campaigns?|recertif\w*)\b"
_LIST = re.compile(_ABOUT)
_SIGN = re.compile(r"\bsign(?:ing)?[ -]?off\b|\b(?:finish|complete|close|finali[sz]e)\b.*" + _ABOUT)
_DECIDE = re.compile(
    r"\b(?P<verb>keep|approve|certify|maintain|revoke|remove|take away)\b(?P<what>.*?)"
    r"(?:\b(?:in|of|from|for)\b)?(?: the| my)? (?:review|certification|campaign)\b"
    r"|^(?:please )?(?P<bulk>keep|revoke) (?:all |everything )?(?:that |what )?"
    r"(?:you |is |are )*recommend\w*"
)
_OPEN = re.compile(
    r"\b(?:need(?:s)? (?:me|my)|open|undecided|left|remaining|look at|risky|items?)\b"
)


def recognise(turn: Turn) -> dict[str, Any] | None:
    wording = words.without_clauses(turn.wording.split(":")[0])
    if _SIGN.search(wording):
        return {"do": "sign"}
    if found := _DECIDE.search(wording):
        verb = found["verb"] or found["bulk"]
        keep = verb in ("keep", "approve", "certify", "maintain")
        return {"do": "decide", "decision": "keep" if keep else "revoke", "what": found["what"]}
    if _LIST.search(wording):
        return {"do": "items" if _OPEN.search(wording) else "list"}
    return None


def plan(turn: Turn, wanted: dict[str, Any], _today: date) -> Step:
    """The next step through a review."""
    listed = turn.result("list_my_reviews")
    if listed is None:
        return Call("list_my_reviews")
    if listed.error:
        return Say(listed.error)
    if wanted["do"] == "list" or not listed.items:
        return Say(_reviews(listed.items))
    return _one(turn, wanted, listed.items)


def _one(turn: Turn, wanted: dict[str, Any], known: list[dict[str, Any]]) -> Step:
    found = words.best(turn.wording, known, "name", "campaign")
    reviews = found if len(found) == 1 else known
    if len(reviews) > 1:
        return Say(f"Which review do you mean?\n\n{_reviews(reviews)}")
    if wanted["do"] == "sign":
        return _sign(turn, reviews[0])
    return _items(turn, wanted, reviews[0])


def _sign(turn: Turn, review: dict[str, Any]) -> Step:
    if not review.get("canSignOff"):
        why = review.get("whyNot") or "it is not complete yet"
        return Say(f"**{review['name']}** cannot be signed off here: {why}")
    done = turn.result("prepare_sign_off")
    if done is not None:
        return Say(done.error or f"Signing off **{review['name']}** cannot be undone. {CARD}")
    return Call("prepare_sign_off", {"review_id": review["id"]})


def _items(turn: Turn, wanted: dict[str, Any], review: dict[str, Any]) -> Step:
    listed = turn.result("list_review_items")
    if listed is None:
        return Call("list_review_items", {"review_id": review["id"], "only_open": True})
    if listed.error:
        return Say(listed.error)
    if not listed.items:
        return Say(f"Everything in **{review['name']}** is decided.")
    if wanted["do"] == "items":
        return Say(_questions(review, listed.items))
    return _decide(turn, wanted, review, listed.items)


def _decide(
    turn: Turn, wanted: dict[str, Any], review: dict[str, Any], items: list[dict[str, Any]]
) -> Step:
    if wanted["what"] is None:
        found = [item for item in items if item.get("recommendation") == wanted["decision"]]
    else:
        found = words.best(wanted["what"], items, "person.name", "access.name")
    if not found:
        return Say(f"Nothing in **{review['name']}** fits that.\n\n{_questions(review, items)}")
    reason = words.reason_in(turn)
    if wanted["decision"] == "revoke" and reason is None:
        return Say("Why should it be revoked? Say it again with “because …” at the end.")
    done = turn.result("prepare_review_decisions")
    if done is not None:
        count = len(found[:MOST])
        return Say(done.error or f"I prepared {count} decisions: {wanted['decision']}. {CARD}")
    arguments = {
        "review_id": review["id"],
        "item_ids": [item["id"] for item in found[:MOST]],
        "decision": wanted["decision"],
    }
    return Call("prepare_review_decisions", arguments | ({"comment": reason} if reason else {}))


def _reviews(reviews: list[dict[str, Any]]) -> str:
    if not reviews:
        return "There is no review for you."
    lines = [
        f"**{review['name']}**: {review['decided']} of {review['total']} decided, "
        f"due {words.day(review.get('due'))}"
        for review in reviews
    ]
    return f"Your reviews:\n\n{words.listing(lines)}"


def _questions(review: dict[str, Any], items: list[dict[str, Any]]) -> str:
    lines = []
    for item in items:
        signals = ", ".join(str(s).replace("_", " ") for s in item.get("signals", ()))
        lines.append(
            f"**{item['access']['name']}** of {item['person']['name']}: {item['recommendation']}"
            + (f" ({signals})" if signals else "")
        )
    return f"Open in **{review['name']}**, the riskiest first:\n\n{words.listing(lines, most=10)}"
