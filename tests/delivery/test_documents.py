"""The documents: their commands run, the files they name exist, their SKUs are in use."""

import re
import shlex
from pathlib import Path

import pytest

from tests.delivery.cloud import Cloud
from tests.fixtures.stores import ROOT

DOCS = ROOT / "docs"
PAGES = [
    DOCS / f"{name}.md"
    for name in ("anthropic", "costs", "migration", "migrations", "runbook", "scaling")
]
COMMAND = re.compile(r"python -m scripts\.([^`|\n]+)")
STAND_FOR = {"BUILD": "build-2", "FOLDER": "."}


def commands() -> list[str]:
    found = {match.strip() for page in PAGES for match in COMMAND.findall(page.read_text())}
    return sorted(found)


@pytest.mark.parametrize("command", commands())
def test_every_command_runs_dry(cloud: Cloud, command: str) -> None:
    script, *arguments = (STAND_FOR.get(word, word) for word in shlex.split(command))

    done = cloud.run(script, *arguments, "--dry-run")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"`([\w./-]+\.(?:py|yml|tf|md|tfvars))`", page.read_text())
    places = (
        ROOT,
        ROOT / "infrastructure/terraform",
        ROOT / "infrastructure/terraform/environments",
    )

    missing = [
        name
        for name in named
        if not any((place / name).exists() for place in (*places, ROOT / "azure-pipelines"))
    ]
    assert missing == []


def test_the_estimate_is_of_the_skus_in_use() -> None:
    costs = (DOCS / "costs.md").read_text()
    production = (ROOT / "infrastructure/terraform/environments/prod.tfvars").read_text()
    skus = re.findall(
        r'^(?:\w+_sku|  \w+)\s+= (?:\{ name = )?"([\w.-]+)"', production, re.MULTILINE
    )

    assert len(skus) >= 6
    assert [sku for sku in skus if sku not in costs] == []


def test_the_failure_table_has_the_standards_rows() -> None:
    table = (DOCS / "runbook.md").read_text().partition("## When something fails")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")]

    for scenario in (
        *("instance", "deployment", "corrupt", "Redis", "Key Vault"),
        *("quota", "SailPoint", "region"),
    ):
        assert any(scenario in row for row in rows), scenario
