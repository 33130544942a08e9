"""“What access do I have, and why?”, “who is in my team?”, “take it away from …”."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from modules.sandbox.llm.journeys import words
from modules.sandbox.llm.journeys.requesting import CARD
from modules.sandbox.llm.journeys.turn import Call, Say, Step, Turn

_KINDS = r"(?:access|roles?|rights?|permissions?|entitlements?|groups?|accounts?|memberships?)"
_WORD = r"(?!(?:from|of|for)\b)[\w'.-]+"
_NAME = rf"{_WORD}(?: {_WORD}){{0,3}}"
"""Of a person: up to four words, as in “Daan de Vries”."""
_OTHERS = r"(?!(?:i|my|me|you|we|the|and|or|in|to|on|for|at)\b)"
_MINE = re.compile(
    rf"\b(?:what|which|show|list|see|tell|give|display|do|am|have)\b.*\b{_KINDS}\b"
    r"(?: to| for| in| on)?(?P<item>.*)"
    r"|\bwhat (?:can|may|am) i (?:get into|use|see|open|log ?in(?:to)?|allowed(?: to)?|in)\b"
    r"(?P<other>.*)"
    rf"|\bmy (?:current |own )?{_KINDS}\b(?P<third>.*)"
)
_WHY = re.compile(
    r"\b(?:why|how come|where|who|since when|when|how)\b.*"
    r"\b(?:do|did|have|has|get|got|gave|granted|given)\b\s*(?:i|me)?\s*"
    r"(?:have|has|get|got|hold|been given|given)?\s*(?:access (?:to|for) )?(?P<item>.*)"
    r"|\bdo i (?:still )?(?:need|have|hold|use)\s+(?P<other>.+)"
)
_TEAM = re.compile(
    r"\bmy (?:team|reports|people|staff|direct reports)\b"
    r"|\bwho (?:reports to me|works for me|is in my team)\b"
)
_THEIRS = re.compile(
    rf"\b(?:what|which|show|list|see)\b.*?\b{_KINDS}\b.*?\b(?:does|do|of|for|has|have)\b"
    rf"\s+(?P<person>{_OTHERS}{_NAME})(?: have| hold)?$"
    rf"|\b(?P<owner>[\w.-]+(?: [\w.-]+){{0,3}})'s {_KINDS}\b"
    rf"|\bwhat (?:can|does|may) (?P<who>{_OTHERS}{_NAME}) "
    r"(?:access|have|use|get into)\b"
)
_REVOKE = re.compile(
    r"\b(?:remove|revoke|take(?: away)?|withdraw|drop|cancel)\s+(?P<item>.+?)\s+"
    rf"(?:from|of|away from|for)\s+(?P<person>{_NAME})$"
)


def recognise(turn: Turn) -> dict[str, Any] | None:
    wording = words.without_clauses(turn.wording.split(":")[0])
    if found := _REVOKE.search(wording):
        return {"do": "revoke", "item": found["item"], "person": found["person"]}
    if found := _THEIRS.search(wording):
        return {"do": "theirs", "person": found["person"] or found["owner"] or found["who"]}
    if _TEAM.search(wording):
        return {"do": "team"}
    if found := _WHY.search(wording) or _MINE.search(wording):
        item = next((text for text in found.groups() if text), "")
        return {"do": "mine", "item": item.strip()}
    return None


def plan(turn: Turn, wanted: dict[str, Any], _today: date) -> Step:
    """The next step to showing who holds what, or to taking something away."""
    if wanted["do"] == "mine":
        return _mine(turn, wanted["item"])
    team = turn.result("list_my_team")
    if team is None:
        return Call("list_my_team")
    if team.error:
        return Say(team.error)
    if wanted["do"] == "team":
        return Say(_team(team.items))
    return _of_report(turn, wanted, team.items)


def _of_report(turn: Turn, wanted: dict[str, Any], team: list[dict[str, Any]]) -> Step:
    found = words.best(wanted["person"], team, "name", "email")
    if len(found) != 1:
        names = ", ".join(p["name"] for p in found) or "nobody of that name"
        return Say(
            f"In your team I found {names}. I can show and change the access of your reports only."
        )
    held = turn.result("list_team_member_access")
    if held is None:
        return Call("list_team_member_access", {"person_id": found[0]["id"]})
    if held.error:
        return Say(held.error)
    if wanted["do"] == "theirs":
        return Say(f"{found[0]['name']} holds:\n\n{_held(held.items)}")
    return _revoke(turn, wanted, found[0], held.items)


def _mine(turn: Turn, item: str) -> Step:
    held = turn.result("list_my_access")
    if held is None:
        return Call("list_my_access")
    if held.error:
        return Say(held.error)
    asked = words.words_of(item)
    found = words.best(item, held.items, "name", "source") if asked else []
    if found and len(found) < len(held.items):
        return Say(f"This is what you hold of it:\n\n{_held(found)}")
    beginning = f"I found nothing like “{item}” in your access. " if asked else ""
    if not held.items:
        return Say("You hold no access that SailPoint knows of.")
    return Say(f"{beginning}You hold {len(held.items)}:\n\n{_held(held.items)}")


def _revoke(turn: Turn, wanted: dict[str, Any], person: Any, items: list[dict[str, Any]]) -> Step:
    found = words.best(wanted["item"], items, "name")
    if len(found) != 1:
        return Say(f"Which access of {person['name']} do you mean?\n\n{_held(found or items)}")
    reason = words.reason_in(turn)
    if reason is None:
        return Say(
            f"Why should {person['name']} lose **{found[0]['name']}**? Say it like this: "
            f"“remove {found[0]['name']} from {person['name']} because …”."
        )
    done = turn.result("prepare_revoke")
    if done is not None:
        return Say(done.error or f"I prepared to take **{found[0]['name']}** away. {CARD}")
    return Call(
        "prepare_revoke",
        {
            "person_id": person["id"],
            "type": found[0]["type"],
            "id": found[0]["id"],
            "reason": reason,
        },
    )


def _held(items: Sequence[dict[str, Any]]) -> str:
    return words.table(("Access", "Where", "Why", "Since", "Use"), [_row(item) for item in items])


def _row(item: dict[str, Any]) -> tuple[str, ...]:
    days = item.get("daysUsed")
    return (
        f"**{item['name']}**",
        item.get("source") or str(item.get("type") or "unknown").replace("_", " "),
        _why(item.get("grantedBy") or {}),
        words.day(item.get("since")),
        "unknown" if days is None else f"{days} of the last 90 days",
    )


def _why(grant: dict[str, Any]) -> str:
    name = grant.get("name") or "that SailPoint does not name"
    return {
        "role": f"the role {name}",
        "access_profile": f"the access profile {name}",
        "request": f"the request for {name}",
        "birthright": "it comes with the job",
    }.get(str(grant.get("kind")), "unknown")


def _team(people: Sequence[dict[str, Any]]) -> str:
    if not people:
        return "Nobody reports to you."
    lines = [f"**{person['name']}**" for person in people]
    return f"{len(people)} people report to you:\n\n{words.listing(lines, most=20)}"
