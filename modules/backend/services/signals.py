"""Signals on access and the recommendation that follows from them.

The same facts give the same recommendation, with any model or none: a model may put it into words,
never change it. No text that somebody wrote is a fact here; what kind of reason a model takes one
for raises what waits for approval in its list, and decides nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from modules.backend.services.readings.contents import ReasonKind

OLD = timedelta(days=30)
"""From when on something that waits is said to wait long."""
SELDOM_DAYS = 3


class Signal(StrEnum):
    """One reason to look, or not to. The value is what the page and the export name it by."""

    CONFLICT = "conflict"
    INACTIVE = "inactive"
    ENDED = "ended"
    UNUSED = "unused"
    SELDOM_USED = "seldom_used"
    USAGE_UNKNOWN = "usage_unknown"
    PRIVILEGED = "privileged"
    NEW = "new"
    NO_END = "no_end"
    NO_REASON = "no_reason"
    VAGUE_REASON = "vague_reason"
    ODD_REASON = "odd_reason"
    ENDLESS_STAND_IN = "temporary_without_end"
    UNDESCRIBED = "undescribed"
    WAITS_LONG = "waits_long"
    FIXED = "fixed"


class Recommendation(StrEnum):
    KEEP = "keep"
    REVOKE = "revoke"
    LOOK = "look"


WEIGHTS = {
    Signal.CONFLICT: 50,
    Signal.ENDED: 45,
    Signal.INACTIVE: 40,
    Signal.PRIVILEGED: 30,
    Signal.UNUSED: 25,
    Signal.ODD_REASON: 20,
    Signal.NO_REASON: 12,
    Signal.VAGUE_REASON: 12,
    Signal.ENDLESS_STAND_IN: 10,
    Signal.SELDOM_USED: 10,
    Signal.NEW: 8,
    Signal.USAGE_UNKNOWN: 5,
    Signal.NO_END: 5,
    Signal.WAITS_LONG: 5,
    Signal.UNDESCRIBED: 3,
    Signal.FIXED: 0,
}
"""How much each adds to the order of the list. The sum is for sorting, not a probability."""


@dataclass(frozen=True, slots=True)
class HeldAccess:
    """Access that a review asks about. None is unknown."""

    is_privileged: bool | None = None
    is_revocable: bool | None = None
    is_new: bool | None = None
    """Not there at the last review."""
    has_conflict: bool | None = None
    days_used: int | None = None
    """Days of use among the last 90, as SailPoint counts them."""
    is_person_active: bool | None = None
    contract_ended: bool | None = None
    has_description: bool = True


@dataclass(frozen=True, slots=True)
class WantedAccess:
    """Access that somebody asks for. None is unknown."""

    is_privileged: bool | None = None
    has_conflict: bool | None = None
    has_reason: bool = True
    reason: ReasonKind = ReasonKind.UNCLASSIFIED
    """As a model read it; without one nothing follows from it."""
    ends_at: datetime | None = None
    asked_at: datetime | None = None
    has_description: bool = True


def signals_of_held(access: HeldAccess) -> list[Signal]:
    """The signals, the weightiest first."""
    days = access.days_used
    found = {
        Signal.CONFLICT: access.has_conflict is True,
        Signal.ENDED: access.contract_ended is True,
        Signal.INACTIVE: access.is_person_active is False,
        Signal.PRIVILEGED: access.is_privileged is True,
        Signal.UNUSED: days == 0,
        Signal.SELDOM_USED: days is not None and 0 < days <= SELDOM_DAYS,
        Signal.USAGE_UNKNOWN: days is None,
        Signal.NEW: access.is_new is True,
        Signal.UNDESCRIBED: not access.has_description,
        Signal.FIXED: access.is_revocable is False,
    }
    return _ordered(signal for signal, holds in found.items() if holds)


def signals_of_wanted(access: WantedAccess, now: datetime) -> list[Signal]:
    """The signals, the weightiest first."""
    found = {
        Signal.CONFLICT: access.has_conflict is True,
        Signal.PRIVILEGED: access.is_privileged is True,
        Signal.NO_REASON: not access.has_reason,
        Signal.VAGUE_REASON: access.reason is ReasonKind.VAGUE,
        Signal.ODD_REASON: access.reason is ReasonKind.INSTRUCTION,
        Signal.ENDLESS_STAND_IN: access.reason is ReasonKind.TEMPORARY and access.ends_at is None,
        Signal.NO_END: access.ends_at is None,
        Signal.WAITS_LONG: access.asked_at is not None and now - access.asked_at >= OLD,
        Signal.UNDESCRIBED: not access.has_description,
    }
    return _ordered(signal for signal, holds in found.items() if holds)


def recommendation_of(signals: Iterable[Signal]) -> Recommendation:
    """What the signals on held access come to.

    What cannot be revoked is kept. Nobody needs access who has left or never used it. A conflict,
    or privileged access of which the use is not known or that is new, is for a person to look at.
    """
    held = frozenset(signals)
    if Signal.FIXED in held:
        return Recommendation.KEEP
    if held & {Signal.ENDED, Signal.INACTIVE, Signal.UNUSED}:
        return Recommendation.REVOKE
    if Signal.CONFLICT in held:
        return Recommendation.LOOK
    if Signal.PRIVILEGED in held and held & {Signal.USAGE_UNKNOWN, Signal.NEW, Signal.SELDOM_USED}:
        return Recommendation.LOOK
    return Recommendation.KEEP


def risk_of(signals: Iterable[Signal]) -> int:
    """For ordering: the sum of the weights."""
    return sum(WEIGHTS[signal] for signal in signals)


def _ordered(signals: Iterable[Signal]) -> list[Signal]:
    return sorted(signals, key=lambda signal: (-WEIGHTS[signal], signal))
