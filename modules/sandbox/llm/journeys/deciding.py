"""“What waits on me?”, “approve it”, “deny it because …”."""

import re
from datetime import date
from typing import Any

from modules.sandbox.llm.journeys import words
from modules.sandbox.llm.journeys.requesting import CARD
from modules.sandbox.llm.journeys.turn import Call, Say, Step, Turn

_BEFORE = (
    r"^(?:please |ok(?:ay)?,? |yes,? |no,? |can you |could you "
    r"|i(?:'d like to| want to|'ll| will)? )*"
)
_APPROVE = re.compile(
    _BEFORE + r"(?:approve|accept|ok|(?:grant|allow|sign)(?! me\b))\b(?P<what>.*)"
)
_DENY = re.compile(_BEFORE + r"(?:deny|reject|decline|refuse|turn down|disapprove)\b(?P<what>.*)")
_LIST = re.compile(
    r"\bapprov(?:e|al|als|ing)\b|\bwait(?:s|ing)? (?:on|for) (?:me|my)\b|\bon my desk\b"
    r"|\bmy (?:inbox|queue|to-?dos?)\b"
    r"|\bneeds? my (?:decision|attention|approval|ok)\b|\banything (?:for me )?to (?:decide|sign)\b"
    r"|\bwho (?:asked|wants|is asking) (?:for|me)\b|\bpending (?:on|with) me\b"
)
_ABOUT_MINE = re.compile(r"\b(?:who|when|why|has|is|was)\b.*\bmy\b.*\bapprov")
_ALL = re.compile(r"\b(?:all|everything|every one|each|them all)\b")


def recognise(turn: Turn) -> dict[str, Any] | None:
    wording = words.without_clauses(turn.wording.split(":")[0])
    if found := _APPROVE.search(wording):
        return {"decision": "approve", "what": found["what"].strip()}
    if found := _DENY.search(wording):
        return {"decision": "deny", "what": found["what"].strip()}
    if _LIST.search(wording) and not _ABOUT_MINE.search(wording):
        return {"decision": None}
    return None


def plan(turn: Turn, wanted: dict[str, Any], _today: date) -> Step:
    """The next step to a list of what waits, or to a card with the decision."""
    listed = turn.result("list_my_approvals")
    if listed is None:
        return Call("list_my_approvals")
    if listed.error:
        return Say(listed.error)
    waiting = [a for a in listed.items if not a.get("inProgress")]
    if not waiting:
        return Say("Nothing waits for your approval.")
    if wanted["decision"] is None:
        return Say(_waiting(waiting))
    return _decide(turn, wanted, waiting)


def _decide(turn: Turn, wanted: dict[str, Any], waiting: list[dict[str, Any]]) -> Step:
    if _ALL.search(wanted["what"]):
        return Say(
            "I do not decide on everything at once: name the ones that you have looked at, one "
            f"after the other.\n\n{_waiting(waiting)}"
        )
    found = _several(turn, wanted["what"], waiting) or _meant(turn, wanted["what"], waiting)
    if not found or (len(found) > 1 and not words.choices_in(wanted["what"])[1:]):
        return Say(f"Which one do you mean?\n\n{_waiting(found or waiting)}")
    return _prepare(turn, wanted["decision"], found)


def _prepare(turn: Turn, decision: str, found: list[dict[str, Any]]) -> Step:
    for approval in found:
        if not approval.get("decidable", True):
            why = approval.get("whyNot") or "You cannot decide on this one."
            return Say(why if len(found) == 1 else f"**{approval['item']['name']}**: {why}")
    names = " and ".join(f"**{approval['item']['name']}**" for approval in found)
    reason = words.reason_in(turn)
    if decision == "deny" and reason is None:
        return Say(
            f"A denial needs a reason that {found[0]['requestedFor']['name']} can read. Say it "
            f"like this: “deny {found[0]['item']['name']} because …”."
        )
    done = turn.result("prepare_approval")
    if done is not None:
        return Say(done.error or f"I prepared to {decision} {names}. {CARD}")
    arguments = {"approval_ids": [approval["id"] for approval in found], "decision": decision}
    return Call("prepare_approval", arguments | ({"comment": reason} if reason else {}))


def _several(turn: Turn, what: str, waiting: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of an enumeration of two or more; none if one of them is not there."""
    numbers = words.choices_in(what)
    if len(numbers) < 2:
        return []
    found = [_meant(turn, str(number), waiting) for number in numbers]
    return [one[0] for one in found] if all(len(one) == 1 for one in found) else []


def _meant(turn: Turn, what: str, waiting: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if what in ("", "it", "this", "that", "this one", "that one"):
        return waiting if len(waiting) == 1 else []
    number = words.choice_in(what)
    if number is not None:
        name = words.numbered(turn.said).get(number)
        if name is None:
            return waiting[number - 1 : number]
        # The list of before may have changed: the name on it is what was meant.
        return [a for a in waiting if _label(a).lower() == name.lower()]
    return words.best(what, waiting, "item.name", "requestedFor.name", "requester.name")


def _label(approval: dict[str, Any]) -> str:
    return f"{approval['item']['name']} for {approval['requestedFor']['name']}"


def _waiting(approvals: list[dict[str, Any]]) -> str:
    lines = []
    for approval in approvals:
        reason = approval.get("reason")
        signals = ", ".join(str(s).replace("_", " ") for s in approval.get("signals", ()))
        lines.append(
            f"**{_label(approval)}**, asked on {words.day(approval.get('createdAt'))}"
            + (f", with the reason “{reason[:120]}”" if reason else ", without a reason")
            + (f". To look at: {signals}." if signals else ".")
        )
    return f"This waits for you:\n\n{words.listing(lines, most=10)}"
