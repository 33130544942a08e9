from modules.backend.core.instruments import INSTRUMENTS, as_markdown
from tests.fixtures.stores import ROOT

STANDARD = {
    "Response time (P95)",
    "LLM latency (P95)",
    "LLM token cost (daily)",
    "SailPoint API errors",
    "WebSocket connections",
    "Database connections",
}
"""Rows of the deployment standard that the application itself has to measure."""


def test_the_page_is_made_from_the_list() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == as_markdown()


def test_every_row_of_the_standard_has_its_instrument() -> None:
    assert {i.standard for i in INSTRUMENTS.values()} - {""} == STANDARD


def test_names_are_of_the_conventions_or_our_own() -> None:
    assert all(name.startswith(("icarus.", "gen_ai.client.")) for name in INSTRUMENTS)
