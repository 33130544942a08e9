"""The product against the deployment standard, line by line (`facts.toml`)."""

import re

import pytest

from tests.fixtures.stores import ROOT
from tests.infrastructure.configuration import Configuration
from tests.infrastructure.facts import COMPARED, Fact, facts

CASES = [
    pytest.param(fact, environment, id=f"{fact.name} {environment}".strip())
    for fact in facts()
    if fact.way in COMPARED
    for environment in fact.environments
]


@pytest.mark.parametrize(("fact", "environment"), CASES)
def test_is_as_the_standard_says_or_differs_for_a_reason(fact: Fact, environment: str) -> None:
    assert fact.agrees(environment) == (fact.differs is None)


def test_every_difference_has_its_row_and_no_row_is_left_over() -> None:
    named = {name for fact in facts() for name in (fact.differs, fact.see) if name}

    assert rows_of_deviations() == sorted(named)


def test_no_line_stands_twice() -> None:
    names = [fact.name for fact in facts()]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ({"web_sku": "P3v3"}, {"SKU Selection: Production"}),
        ({"web_instances": 3}, {"Auto-Scale Rules: Minimum instances"}),
        (
            {"postgresql_sku": "GP_Standard_D2ds_v5"},
            {
                "Environment Configuration: PostgreSQL SKU: Production",
                "Standard: Flexible Server: SKU (prod)",
            },
        ),
        ({"monitoring_level": "full"}, {"Environment Configuration: Monitoring: Production"}),
        ({"address_space": "10.1.0.0/16"}, {"VNet Architecture: VNet"}),
    ],
    ids=["web_sku", "web_instances", "postgresql_sku", "monitoring_level", "address_space"],
)
def test_a_changed_environment_is_noticed(change: dict[str, object], lines: set[str]) -> None:
    changed = Configuration("prod", **change)
    noticed = {
        fact.name
        for fact in facts()
        if fact.way == "is" and "prod" in fact.environments and fact.name in lines
        if not fact.agrees("prod", changed)
    }

    assert noticed == lines


def rows_of_deviations() -> list[str]:
    text = (ROOT / "docs" / "deviations.md").read_text(encoding="utf-8")
    return sorted(re.findall(r'^\| <a id="([a-z-]+)"></a>', text, re.MULTILINE))
