"""The table that `make chaos` ends with: faults, what came of them, how long it took."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass
class Table:
    """Rows in the order in which they came. A number of rows of one fault are one row."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, fault: str, outcome: str, seconds: Sequence[float] = ()) -> None:
        """A row: the fault, what came of it, and the times that it took."""
        self.rows.append((fault, outcome, times(seconds)))


def times(seconds: Sequence[float]) -> str:
    if not seconds:
        return ""
    ordered = sorted(seconds)
    p50, p99 = statistics.median(ordered), percentile(ordered, 99)
    return f"p50 {p50:.2f} s, p99 {p99:.2f} s, max {ordered[-1]:.2f} s"


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that is not below so many per cent of them."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__trunc__() - 1)]


_table = Table()


@pytest.fixture(scope="session")
def table() -> Table:
    return _table


def pytest_runtest_logreport(report: Any) -> None:
    """Figures that a test recorded are rows too."""
    if report.when == "call" and "/chaos/" in report.nodeid.replace("tests/chaos", "/chaos/"):
        for name, value in report.user_properties:
            _table.add(report.nodeid.rpartition("::")[2], f"{name} {value}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not _table.rows:
        return
    widths = [max(len(row[n]) for row in _table.rows) for n in range(2)]
    terminalreporter.section("faults, outcomes, times")
    for fault, outcome, took in _table.rows:
        terminalreporter.write_line(
            f"{fault.ljust(widths[0])}  {outcome.ljust(widths[1])}  {took}".rstrip()
        )
