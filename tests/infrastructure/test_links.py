"""`docs/standard.md` and `docs/deviations.md` lead to files, rows and tests that are there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.fixtures.stores import ROOT
from tests.infrastructure.facts import facts
from tests.infrastructure.standard import PAGE, as_markdown

DOCS = ROOT / "docs"
PAGES = ("standard.md", "deviations.md")
LINK = re.compile(r"\]\(([^)\s]+)\)")

TARGETS = sorted(
    {
        (page, target)
        for page in PAGES
        for target in LINK.findall((DOCS / page).read_text(encoding="utf-8"))
    }
)
TESTS = sorted({fact.seen for fact in facts() if fact.way == "shown"})


def test_the_page_is_the_facts() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown()


@pytest.mark.parametrize(("page", "target"), TARGETS)
def test_a_link_leads_somewhere(page: str, target: str) -> None:
    path, _, row = target.partition("#")
    file = (DOCS / path) if path else DOCS / page

    assert file.exists()
    assert not row or f'<a id="{row}"></a>' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("test", TESTS)
def test_a_test_is_there(test: str) -> None:
    path, *names = test.split("::")
    file = ROOT / path
    found = file.is_dir() and any(file.glob("**/test_*.py"))

    assert found or names in names_in(file)


@cache
def names_in(file: Path) -> list[list[str]]:
    """The tests of a file, each with the names of the classes around it; and the file itself."""
    found: list[list[str]] = [[]]

    def look(node: ast.AST, around: list[str]) -> None:
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.ClassDef):
                look(inner, [*around, inner.name])
            elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append([*around, inner.name])

    look(ast.parse(file.read_text(encoding="utf-8")), [])
    return found
