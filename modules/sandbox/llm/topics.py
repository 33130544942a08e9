"""What the script understands: a pattern for each topic and the Markdown file that answers it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from modules.sandbox.data.people import COMPANY

ANSWERS = Path(__file__).with_name("answers")
NOTE = f"---\n*Scripted answer of the sandbox model. {COMPANY} and everyone in it are made up.*"
RECALL = re.compile(
    r"what (?:did|was|have) i (?:just )?(?:ask|say|asked|said)|my (?:last|previous) question"
)


@dataclass(frozen=True)
class Topic:
    """`answer` names the file in `answers/`, without its ending."""

    answer: str
    pattern: re.Pattern[str]


def _topic(answer: str, pattern: str) -> Topic:
    return Topic(answer, re.compile(pattern))


# The first that is found in the question, in lower case, answers it.
TOPICS = (
    _topic("everything", r"\blong answer|everything about|in detail\b|\bessay\b"),
    _topic("code", r"\bcode\b|\bscript\b|\bjson\b|\bapi\b|\bpython\b|\bcurl\b"),
    _topic("table", r"\btable\b|\bcompare\b|\bmatrix\b"),
    _topic("capabilities", r"what can you|what do you do|can you help|^help\b|how do you work"),
    _topic("about", r"who are you|are you (?:real|human|an? )|which model|what model|sandbox"),
    _topic("reviews", r"\breview|\bcertif|\battest|\bcampaign"),
    _topic("approvals", r"\bapprov|\bwaiting (?:on|for) me|\bdeny\b|\breject"),
    _topic("separation", r"\bsod\b|separation of dut|segregation|\bconflict|\btoxic"),
    _topic(
        "leaving",
        r"\bjoin(?:er|ing)|\bmov(?:er|ing)|\bleav(?:er|ing)|\bonboard|\boffboard|\bnew hire",
    ),
    _topic("passwords", r"\bpassword|\blocked out|\bmfa\b|\bsign[ -]?in\b|\blog ?in\b"),
    _topic("reasons", r"\bwhy\b.*\b(?:access|have|role)|where does .* come from"),
    _topic("requesting", r"\brequest|\bneed access|\bget access|\bask for access|\bapply for"),
    _topic("my-access", r"\baccess\b|\brole|\bentitlement|\bpermission|\brights?\b"),
    _topic("thanks", r"^(?:thanks|thank you|cheers|great|perfect)\b"),
    _topic("greeting", r"^(?:hi|hello|hey|good (?:morning|afternoon|evening))\b"),
)


def answer_about(questions: Sequence[str]) -> str:
    """Markdown for the last of a conversation's questions; the ones before it are its context."""
    question = questions[-1] if questions else ""
    earlier = questions[:-1]
    wording = question.lower()
    if RECALL.search(wording):
        return f"{_recall(earlier)}\n\n{NOTE}"
    for topic in TOPICS:
        if topic.pattern.search(wording):
            return f"{_text(topic.answer)}\n\n{NOTE}"
    return f"{_follow_up(earlier)}{_text('fallback')}\n\n{NOTE}"


def _recall(earlier: Sequence[str]) -> str:
    if not earlier:
        return "Nothing yet: this is the first question of the conversation that was sent to me."
    count = f"{len(earlier)} question{'s' if len(earlier) > 1 else ''} before this one"
    return f"You asked:\n\n{_quoted(earlier[-1])}\n\nI was sent {count}."


def _follow_up(earlier: Sequence[str]) -> str:
    if not earlier:
        return ""
    return f"I take this as going on from what you asked before:\n\n{_quoted(earlier[-1])}\n\n"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


@cache
def _text(answer: str) -> str:
    return (ANSWERS / f"{answer}.md").read_text(encoding="utf-8").strip()
