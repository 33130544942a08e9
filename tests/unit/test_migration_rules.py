"""Migrations let the release before them run on: expand now, contract a release later.

See `docs/migrations.md`. A migration that contracts says so in a constant `CONTRACTS`, with the
release that no longer needs what goes.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.fixtures.stores import ROOT

BEFORE_THE_FIRST_RELEASE = {"0001", "0002", "0003", "0004", "0005"}
"""No release ran on the schemas before these."""

VERSIONS = [
    path
    for path in sorted((ROOT / "alembic" / "versions").glob("*.py"))
    if path.name[:4] not in BEFORE_THE_FIRST_RELEASE
]
TAKES_AWAY = {"drop_table", "drop_column", "rename_table"}
REFUSES_WHAT_WAS_WRITTEN = {
    "create_check_constraint",
    "create_exclude_constraint",
    "create_foreign_key",
    "create_unique_constraint",
}
SQL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN)|RENAME|SET\s+NOT\s+NULL|ALTER\s+COLUMN\s+\w+\s+TYPE)\b",
    re.IGNORECASE,
)


def faults(source: str) -> list[str]:
    """Every operation of `upgrade` that code of the release before may not survive."""
    tree = ast.parse(source)
    names = {
        t.id
        for n in tree.body
        if isinstance(n, ast.Assign)
        for t in n.targets
        if isinstance(t, ast.Name)
    }
    if "CONTRACTS" in names:
        return []
    (upgrade,) = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    ]
    made = {text_at(call, 0) for call in calls(upgrade) if name_of(call) == "create_table"}
    return [f"{name_of(call)}: {why}" for call in calls(upgrade) if (why := fault(call, made))]


def fault(call: ast.Call, made: set[str]) -> str | None:
    """Why the release before may not survive the operation; `made` are the tables of this one."""
    name, options = name_of(call), {k.arg: ast.unparse(k.value) for k in call.keywords}
    constrains = name in REFUSES_WHAT_WAS_WRITTEN or options.get("unique") == "True"
    rules = {
        "takes away what may be in use": name in TAKES_AWAY,
        "may refuse what the release before writes": (
            (constrains and text_at(call, 1) not in made)
            or (name == "alter_column" and options.get("nullable") == "False")
        ),
        "changes a column that is in use": (
            name == "alter_column" and bool({"new_column_name", "type_"} & options.keys())
        ),
        "the release before does not fill it: nullable, or a server_default": (
            name == "add_column" and text_at(call, 0) not in made and demands(call)
        ),
        "takes away or changes what may be in use": (
            name == "execute" and SQL.search(ast.unparse(call)) is not None
        ),
    }
    return next((why for why, broken in rules.items() if broken), None)


def calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("op."):
            yield node


def name_of(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr


def text_at(call: ast.Call, place: int) -> str:
    return ast.literal_eval(call.args[place]) if isinstance(call.args[place], ast.Constant) else ""


def demands(call: ast.Call) -> bool:
    """Whether a new column must be filled by whoever inserts. One that cannot be read might."""
    column = call.args[1]
    if not isinstance(column, ast.Call):
        return True
    options = {k.arg: ast.unparse(k.value) for k in column.keywords}
    return options.get("nullable") == "False" and "server_default" not in options


def test_every_migration_lets_the_release_before_run_on() -> None:
    found = {path.name: faults(path.read_text(encoding="utf-8")) for path in VERSIONS}

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    "statement",
    [
        "op.drop_table('runs')",
        "op.drop_column('runs', 'fence')",
        "op.rename_table('runs', 'turns')",
        "op.alter_column('runs', 'fence', new_column_name='gen')",
        "op.alter_column('runs', 'fence', type_=sa.Text())",
        "op.alter_column('runs', 'fence', nullable=False)",
        "op.add_column('runs', sa.Column('x', sa.Text(), nullable=False))",
        "op.create_unique_constraint('uq', 'runs', ['x'])",
        "op.create_index('ix', 'runs', ['x'], unique=True)",
        "op.execute('ALTER TABLE runs DROP COLUMN fence')",
        "op.execute('ALTER TABLE runs ALTER COLUMN fence SET NOT NULL')",
    ],
)
def test_what_would_break_it_is_found(statement: str) -> None:
    upgrade = f"def upgrade() -> None:\n    {statement}\n"

    assert len(faults(upgrade)) == 1
    assert faults(f"CONTRACTS = 'unused since 1.4'\n{upgrade}") == []


@pytest.mark.parametrize(
    "statement",
    [
        "op.create_table('turns', sa.Column('id', sa.Uuid(), nullable=False))",
        "op.add_column('runs', sa.Column('x', sa.Text(), nullable=True))",
        "op.add_column('runs', sa.Column('x', sa.Text(), server_default='', nullable=False))",
        "op.create_index('ix', 'runs', ['x'])",
    ],
)
def test_what_only_adds_is_let_through(statement: str) -> None:
    assert faults(f"def upgrade() -> None:\n    {statement}\n") == []
