"""“I need access to …”: find it, ask why, prepare the request."""

import re
from datetime import date
from typing import Any

from modules.sandbox.llm.journeys import words
from modules.sandbox.llm.journeys.turn import Call, Say, Step, Turn

CARD = "Please check the card below. Nothing is sent before you confirm it."
WHICH = "Which one do you mean? Answer with its number or its name."
ASKS_WHY = re.compile(r"Why (?:do you|does .+?) need \*\*(?P<item>.+?)\*\*\?")

_WANT = (
    r"(?:i(?:'d| would)? (?:need|want|like|require)(?: to (?:have|get|request|order|see|use))?"
    r"|(?:please |can you |could you |i would like to |i'd like to |i want to |let me )*"
    r"(?:request|order|get me|give me(?! an? )|grant me|apply for|ask for|add me to|sign me up for"
    r"|set me up with|provision|put me (?:in|on))"
    r"|(?:can|could|may|might) i (?:please )?(?:get(?! into)|have|request|see|use|join)"
    r"|(?:am i able|is it possible|how can i|how do i|what do i do|where can i|where do i)"
    r" (?:to )?(?:get|request|apply for|ask for|obtain|gain)"
    r"|i(?:'m| am) (?:missing|lacking|blocked (?:from|without)|locked out of)"
    r"|i (?:don't|do not|can't|cannot) (?:have|access|open|get into|see|use))"
)
_REQUEST = re.compile(
    rf"\b{_WANT}\s+(?:an? |the |some |my )?(?:access (?:to|for|on|in) |permissions? (?:to|for|on) "
    r"|rights? (?:to|for|on) |membership (?:of|in) |entitlements? (?:to|for) )?(?P<item>.+)"
)
_FIND = re.compile(
    r"\bwhat (?:can|could|may) i (?:request|order|apply for|ask for)\b(?P<item>.*)"
    r"|\b(?:search|look|find|list|show)(?: me)?(?: for)? "
    r"(?:requestable|what is requestable|what i can request)(?: access)?(?P<more>.*)"
    r"|\bis there (?:a role|an access profile|any access|something) (?:for|to|that)(?P<other>.*)"
)
_FOR = re.compile(
    r"\bfor (?P<person>(?:my (?:report|colleague|team member) )?[\w'.-]+(?: [\w'.-]+){0,3})$"
)


def recognise_search(turn: Turn) -> dict[str, Any] | None:
    """What is looked for among what can be requested; None if nothing is."""
    found = _FIND.search(words.without_clauses(turn.wording))
    if found is None:
        return None
    item = found["item"] or found["more"] or found["other"] or ""
    return {"item": re.sub(r"^(?:for|to|in|on) ", "", item.strip()), "browse": True}


def recognise(turn: Turn) -> dict[str, Any] | None:
    """What is wanted, and for whom, in words; None if nothing is."""
    wording = words.without_clauses(turn.wording.split(":")[0])
    found = _REQUEST.search(wording)
    if found is None:
        return None
    item, person = found["item"], None
    if (whom := _FOR.search(item)) and whom["person"].split()[0] not in ("me", "myself", "my"):
        item, person = item[: whom.start()].strip(), whom["person"]
    item = re.sub(r"\bfor (?:me|myself)$", "", item).strip()
    return {"item": item, "person": person} if words.words_of(item) else None


def plan(turn: Turn, wanted: dict[str, Any], today: date) -> Step:
    """The next step to a request for what is wanted."""
    person = None
    if wanted.get("person"):
        found = _person(turn, wanted["person"])
        if not isinstance(found, dict):
            return found
        person = found
    item = _item(turn, wanted, person)
    if not isinstance(item, dict):
        return item
    reason = wanted.get("reason") or words.reason_in(turn)
    if reason is None:
        who = f"does {person['name']}" if person else "do you"
        return Say(
            f"Why {who} need **{item['name']}**? {item.get('description') or ''}\n\n"
            "Tell me the reason, and until when if it should end: the reason goes on the request."
        )
    return prepare(turn, item, reason, words.end_in(turn.wording, today), person)


def prepare(
    turn: Turn, item: dict[str, Any], reason: str, end: date | None, person: Any = None
) -> Step:
    """The card, once everything is known."""
    done = turn.result("prepare_access_request")
    if done is not None:
        return Say(done.error or f"I prepared the request for **{item['name']}**. {CARD}")
    arguments = {"type": item["type"], "id": item["id"], "reason": reason}
    if end is not None:
        arguments["ends_on"] = end.isoformat()
    if person is not None:
        arguments["for_person_id"] = person["id"]
    return Call("prepare_access_request", arguments)


def _person(turn: Turn, name: str) -> dict[str, Any] | Step:
    team = turn.result("list_my_team")
    if team is None:
        return Call("list_my_team")
    if team.error:
        return Say(team.error)
    found = words.best(name, team.items, "name", "email")
    if len(found) == 1:
        return found[0]
    if not found:
        return Say(
            f"Nobody in your team is called “{name}”. I can request for you, or for your reports."
        )
    return Say(f"There are several: {', '.join(p['name'] for p in found)}. Whom do you mean?")


def _item(turn: Turn, wanted: dict[str, Any], person: Any) -> dict[str, Any] | Step:
    arguments = {"for_person_id": person["id"]} if person else {}
    searches = [r for r in turn.results if r.name == "find_requestable"]
    if not searches:
        return Call("find_requestable", {"query": wanted["item"], **arguments})
    last = searches[-1]
    if last.error:
        return Say(last.error)
    if not last.items:
        word = _telling_word(wanted["item"], {str(r.arguments.get("query")) for r in searches})
        if word is None or len(searches) > 3:
            return Say(
                f"I found nothing that can be requested and sounds like “{wanted['item']}”. "
                "Try the name of the application, or what you want to do there."
            )
        return Call("find_requestable", {"query": word, **arguments})
    found = words.best(wanted["item"], last.items, "name", "description") or last.items
    if len(found) > 1 or wanted.get("browse"):
        return Say(_choices(found))
    return _if_available(found[0])


def _if_available(item: dict[str, Any]) -> dict[str, Any] | Step:
    if item.get("status") == "assigned":
        return Say(f"You have **{item['name']}** already.")
    if item.get("status") == "pending":
        return Say(f"**{item['name']}** is requested already. Ask me where the request is.")
    return item


def _telling_word(wanted: str, tried: set[str]) -> str | None:
    """The longest word that was not searched for yet."""
    left = sorted(words.words_of(wanted) - tried, key=lambda word: (-len(word), word))
    return left[0] if left else None


def _choices(items: list[dict[str, Any]]) -> str:
    lines = [
        f"**{item['name']}** ({str(item['type']).replace('_', ' ')})"
        + (f": {item['description'][:160]}" if item.get("description") else "")
        for item in items
    ]
    return f"This can be requested:\n\n{words.listing(lines)}\n\n{WHICH}"
