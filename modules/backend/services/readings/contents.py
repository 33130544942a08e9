"""What the small model is shown of review items and reasons, and what its answers may be.

A text of the model is a wording beside signals, or a choice from a closed list. Neither decides
anything: what follows from a choice stands in `signals`, and without a model nothing follows.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from modules.backend.schemas.approvals import ReviewItemOut

FORMAT = 1
"""Part of every hash: with another prompt or other facts everything is read anew."""
MAX_TEXT_CHARACTERS = 600


class Kind(StrEnum):
    REVIEW_ITEM = "review_item"
    REASON = "reason"


class ReasonKind(StrEnum):
    """What a free-text reason is. UNCLASSIFIED is every one that no model has read."""

    SPECIFIC = "specific"
    VAGUE = "vague"
    TEMPORARY = "temporary"
    INSTRUCTION = "instruction"
    UNCLASSIFIED = "unclassified"

    @classmethod
    def of(cls, text: str | None) -> "ReasonKind":
        """The kind that a model's word names; any other word is no answer."""
        known = {kind.value: kind for kind in cls}
        return known.get((text or "").strip(" .\"'`*").lower(), cls.UNCLASSIFIED)


@dataclass(frozen=True, slots=True)
class Content:
    """Something to be read. `facts` are all that the model learns of it."""

    kind: Kind
    facts: Mapping[str, Any]

    @property
    def hash(self) -> str:
        """SHA-256 of what the model is shown."""
        shown = [FORMAT, self.kind.value, self.facts]
        return hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()


def content_of_item(item: ReviewItemOut) -> Content:
    """A review item without its person: the same access with the same signals is read once."""
    facts = {
        "type": item.access.type,
        "name": item.access.name[:MAX_TEXT_CHARACTERS],
        "description": (item.description or "")[:MAX_TEXT_CHARACTERS] or None,
        "source": item.source,
        "privileged": item.privileged,
        "revocable": item.revocable,
        "daysUsedOf90": item.days_used,
        "signals": list(item.signals),
        "recommendation": item.recommendation,
    }
    return Content(Kind.REVIEW_ITEM, facts)


def content_of_reason(reason: str) -> Content:
    return Content(Kind.REASON, {"reason": reason.strip()[:MAX_TEXT_CHARACTERS]})
