"""Rules of the house that no linter knows."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.fixtures.settings import setting_fields
from tests.fixtures.stores import ROOT

BACKEND = ROOT / "modules" / "backend"
SOURCES = sorted(BACKEND.rglob("*.py"))
FOLDERS = (
    *("alembic", "benchmarks", "scripts", "tests", "tools"),
    *("modules/backend", "modules/sandbox"),
)
EVERY_FILE = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
SILENCED = re.compile(r"# (noqa|type: ignore)")
WITH_REASON = re.compile(r"# (noqa: [A-Z]+\d+|type: ignore\[[a-z-]+\])  # \w")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}


def name_of(path: Path) -> str:
    return str(path.relative_to(BACKEND))


every_source = pytest.mark.parametrize("path", SOURCES, ids=name_of)


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def method_calls(path: Path) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if p != BACKEND / "core/database.py"], ids=name_of
)
def test_only_the_database_commits(path: Path) -> None:
    commits = [call.lineno for call, method in method_calls(path) if method.attr == "commit"]

    assert commits == []


@every_source
def test_functions_stay_small(path: Path) -> None:
    functions = [
        node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    too_long = [
        node.name
        for node in functions
        if (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    ]

    assert too_long == []


def test_files_stay_small_also_those_of_tests() -> None:
    lengths = {path: len(lines_of(path)) for path in EVERY_FILE}

    assert {str(path) for path, length in lengths.items() if length > MAX_FILE_LINES} == set()


def test_what_is_silenced_has_its_reason_on_the_line() -> None:
    silent = [
        f"{path}:{number}"
        for path in EVERY_FILE
        if ROOT / "tests" not in path.parents
        for number, line in enumerate(lines_of(path), start=1)
        if SILENCED.search(line) and not WITH_REASON.search(line)
    ]

    assert silent == []


@every_source
def test_log_events_are_constants(path: Path) -> None:
    made_up = [
        call.lineno
        for call, method in method_calls(path)
        if isinstance(method.value, ast.Name)
        and method.value.id in ("log", "logger")
        and method.attr in LOG_METHODS
        and not (len(call.args) == 1 and isinstance(call.args[0], ast.Constant))
    ]

    assert made_up == []


def test_the_folder_of_migrations_does_not_shadow_alembic() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


class TestKeys:
    def test_no_key_is_written_by_hand(self) -> None:
        written = [
            (name_of(path), node.value)
            for path in SOURCES
            if path.name != "redis.py"
            for node in nodes(path)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.startswith(("icarus:", "{icarus}"))
        ]

        assert written == []


class TestEnvExample:
    def test_names_what_is_read_and_nothing_else(self) -> None:
        assert set(example()) == setting_fields().keys() | read_by_gunicorn()

    @pytest.mark.parametrize("name", sorted(setting_fields()))
    def test_holds_the_default(self, name: str) -> None:
        field, text = setting_fields()[name], example()[name]
        if field.is_required() or field.default is None:
            assert text == ""
        else:
            assert TypeAdapter(field.annotation).validate_python(value(text)) == field.default


def example() -> dict[str, str]:
    """The variables of `.env.example`."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: text for name, _, text in pairs}


def value(text: str) -> Any:
    """What a variable holds, as the settings read it: JSON where it is JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def read_by_gunicorn() -> set[str]:
    """The names that `gunicorn.conf.py` asks the environment for."""
    return {
        call.args[0].value
        for call, method in method_calls(ROOT / "gunicorn.conf.py")
        if ast.unparse(method) == "os.environ.get" and isinstance(call.args[0], ast.Constant)
    }
