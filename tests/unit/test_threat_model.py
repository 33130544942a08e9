"""Each threat has a test that is there."""

import ast
import re

import pytest

from tests.fixtures.stores import ROOT

MODEL = ROOT / "docs" / "threat-model.md"
ROW = re.compile(r"^\| (?P<threat>[^|]+) \| (?P<defence>[^|]+) \| (?P<test>[^|]+) \|$", re.M)
TEST = re.compile(r"\[[^\]]+\]\(\.\./(?P<file>[\w/.-]+)\) `(?P<name>[\w ]+)`")


def rows() -> list[re.Match[str]]:
    found = ROW.finditer(MODEL.read_text(encoding="utf-8"))
    return [row for row in found if row["threat"] not in ("Threat", "---")]


def test_there_are_threats() -> None:
    assert len(rows()) > 25


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["threat"])
def test_its_test_is_there(row: re.Match[str]) -> None:
    test = TEST.fullmatch(row["test"])
    assert test is not None, row["test"]

    source = (ROOT / test["file"]).read_text(encoding="utf-8")
    if test["file"].endswith(".py"):
        assert test["name"] in functions(source)
    else:
        assert f"('{test['name']}" in source


def functions(source: str) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
