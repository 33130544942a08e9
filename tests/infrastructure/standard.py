"""Makes `docs/standard.md` from `facts.toml`: `python -m tests.infrastructure.standard`."""

from itertools import groupby
from pathlib import PurePosixPath

from tests.fixtures.stores import ROOT
from tests.infrastructure.facts import COMPARED, Fact, facts

PAGE = ROOT / "docs" / "standard.md"
COMPARISON = "[compared](../tests/infrastructure/test_facts.py)"

HEAD = """# The deployment standard, line by line

The standard is "14b - Deployment: Azure", version 1.0.0 of 2025-02-14. Here is every table row,
command and checklist line of it, and every sentence that says "must" or "never", with the file that
implements it and the test that shows it.

*Compared* means that a test, which bears the name of the line, compares what the standard says with
the Terraform of the environments named, with the settings or with the file. Where the last column
names a row of [deviations.md](deviations.md) in bold, the two differ, and the row says why. *Azure*
does some of it by itself; other things *a person* does, and the document says how.

This page is made from `tests/infrastructure/facts.toml`, by
`python -m tests.infrastructure.standard`; a test keeps the two alike and follows every link.
"""


def as_markdown() -> str:
    """The whole page."""
    sections = [
        "\n".join(
            [
                f"## {title}",
                "",
                "| Line | The standard says | Implemented by | Shown by | Deviation |",
                "| --- | --- | --- | --- | --- |",
                *map(_line, lines),
                "",
            ]
        )
        for title, lines in groupby(facts(), key=lambda fact: fact.section)
    ]
    return "\n".join([HEAD, *sections])


def _line(fact: Fact) -> str:
    cells = [fact.row, fact.says, _file(fact.by), _shown(fact), _deviation(fact)]
    escaped = [cell.replace("|", r"\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _file(pattern: str) -> str:
    path = PurePosixPath(pattern)
    target = path.parent if "*" in path.name else path
    return f"[{path.name}](../{target})"


def _shown(fact: Fact) -> str:
    if fact.way in ("azure", "told"):
        return "*Azure*" if fact.way == "azure" else "*a person*"
    if fact.way in COMPARED:
        where = ", ".join(environment for environment in fact.environments if environment)
        return f"{COMPARISON}{f': {where}' if where else ''}"
    path, _, test = fact.seen.partition("::")
    return f"[{test.replace('::', ' ') or path}](../{path})"


def _deviation(fact: Fact) -> str:
    if fact.differs:
        return f"[**{fact.differs}**](deviations.md#{fact.differs})"
    return f"[{fact.see}](deviations.md#{fact.see})" if fact.see else ""


if __name__ == "__main__":
    PAGE.write_text(as_markdown(), encoding="utf-8")
