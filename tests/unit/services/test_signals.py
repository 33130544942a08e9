"""Signals and recommendations: the same facts give the same, and only facts count."""

import random
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from modules.backend.services.signals import (
    OLD,
    WEIGHTS,
    HeldAccess,
    Recommendation,
    Signal,
    WantedAccess,
    recommendation_of,
    risk_of,
    signals_of_held,
    signals_of_wanted,
)

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def recommended(**facts: object) -> Recommendation:
    return recommendation_of(signals_of_held(HeldAccess(**facts)))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"days_used": 40}, Recommendation.KEEP),
        ({"days_used": 0}, Recommendation.REVOKE),
        ({}, Recommendation.KEEP),
        ({"is_privileged": True}, Recommendation.LOOK),
        ({"is_privileged": True, "days_used": 40}, Recommendation.KEEP),
        ({"is_privileged": True, "days_used": 40, "is_new": True}, Recommendation.LOOK),
        ({"is_privileged": True, "days_used": 2}, Recommendation.LOOK),
        ({"has_conflict": True, "days_used": 40}, Recommendation.LOOK),
        ({"has_conflict": True, "days_used": 0}, Recommendation.REVOKE),
        ({"is_person_active": False, "days_used": 40}, Recommendation.REVOKE),
        ({"contract_ended": True, "days_used": 40}, Recommendation.REVOKE),
        ({"is_revocable": False, "days_used": 0, "contract_ended": True}, Recommendation.KEEP),
    ],
)
def test_what_facts_come_to(facts: dict[str, object], expected: Recommendation) -> None:
    assert recommended(**facts) is expected


def test_what_is_not_known_is_never_taken_for_a_fact() -> None:
    assert signals_of_held(HeldAccess()) == [Signal.USAGE_UNKNOWN]
    assert signals_of_wanted(WantedAccess(), NOW) == [Signal.NO_END]


def test_the_order_of_the_signals_changes_nothing() -> None:
    chance = random.Random(7)  # the same in every run
    for _ in range(500):
        signals = [s for s in Signal if chance.random() < 0.4]
        shuffled = chance.sample(signals, len(signals))

        assert recommendation_of(shuffled) is recommendation_of(signals)
        assert risk_of(shuffled) == risk_of(signals)


def test_a_reason_to_revoke_never_makes_access_look_safer() -> None:
    grades = [Recommendation.KEEP, Recommendation.LOOK, Recommendation.REVOKE]
    for privileged, conflict, days in product((True, False), (True, False), (None, 2, 40)):
        facts = {"is_privileged": privileged, "has_conflict": conflict, "days_used": days}
        before = grades.index(recommended(**facts))
        for worse in ({"contract_ended": True}, {"is_person_active": False}):
            assert grades.index(recommended(**facts, **worse)) >= before


def test_every_signal_has_a_weight() -> None:
    assert set(WEIGHTS) == set(Signal)


class TestWanted:
    def test_has_all_its_signals_the_weightiest_first(self) -> None:
        wanted = WantedAccess(
            is_privileged=True,
            has_conflict=True,
            has_reason=False,
            asked_at=NOW - OLD,
            has_description=False,
        )

        assert signals_of_wanted(wanted, NOW) == [
            Signal.CONFLICT,
            Signal.PRIVILEGED,
            Signal.NO_REASON,
            Signal.NO_END,
            Signal.WAITS_LONG,
            Signal.UNDESCRIBED,
        ]

    def test_waits_long_from_the_thirtieth_day_on(self) -> None:
        ends = NOW + timedelta(days=90)
        just_before = WantedAccess(ends_at=ends, asked_at=NOW - OLD + timedelta(seconds=1))

        assert signals_of_wanted(just_before, NOW) == []
        assert signals_of_wanted(WantedAccess(ends_at=ends, asked_at=NOW - OLD), NOW) == [
            Signal.WAITS_LONG
        ]
