"""A reader that stops reading for a minute while 50,000 events are said."""

import pytest

from tests.chaos.conftest import Table
from tests.fixtures.servers import StartWeb
from tests.fixtures.slow_reader import stop_reading
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

MEBIBYTE = 1024 * 1024
RUNS = 8
TOKENS = 6300


async def test_a_stalled_reader_costs_nobody_anything(
    start_web: StartWeb, sandbox: SandboxClient, table: Table
) -> None:
    web = start_web(LLM_MAX_OUTPUT_TOKENS="8000")
    token = sandbox.token("employee")
    # The same in small first: what a process needs once is no growth.
    await stop_reading(web, token, runs=RUNS, tokens=500, delay_ms=5, seconds=3)
    found = await stop_reading(web, token, runs=RUNS, tokens=TOKENS, delay_ms=9, seconds=60)

    table.add(
        "a reader stalls for 60 s",
        f"{found.events:,} events, {found.growth / MEBIBYTE:.1f} MiB more",
        [found.longest_gap],
    )
    assert found.events >= 50_000
    assert found.growth < 5 * MEBIBYTE
