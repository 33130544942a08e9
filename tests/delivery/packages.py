"""Unpacked packages with migrations that nobody released."""

import shutil
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.fixtures.stores import ROOT

MIGRATION = """
from alembic import op

revision = "next"
down_revision = "{head}"


def upgrade() -> None:
    op.execute("{statement}")
    op.execute("{then}")
"""


def head() -> str:
    """The newest migration of the checkout."""
    found = ScriptDirectory.from_config(Config(str(ROOT / "alembic.ini"))).get_current_head()
    assert found is not None
    return found


def package_with_migration(folder: Path, statement: str, *, then: str = "SELECT 1") -> Path:
    """What a package unpacks to, as far as migrations need it, with one more of them."""
    shutil.copytree(ROOT / "alembic", folder / "alembic")
    shutil.copy(ROOT / "alembic.ini", folder)
    (folder / "modules").symlink_to(ROOT / "modules")
    path = folder / "alembic" / "versions" / "9999_next.py"
    path.write_text(migration(statement, then), encoding="utf-8")
    return folder


def migration(statement: str, then: str) -> str:
    """A migration after the newest one."""
    return MIGRATION.format(head=head(), statement=statement, then=then)
