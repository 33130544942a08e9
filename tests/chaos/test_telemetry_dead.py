"""Telemetry that nobody takes is thrown away in time: memory stays flat."""

import pytest

from tests.chaos.conftest import Table
from tests.fixtures.chat import Chat, open_chat, text_of
from tests.fixtures.fuzz import memory_of
from tests.fixtures.servers import StartWeb
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

MEBIBYTE = 1024 * 1024
RUNS = 600


async def test_memory_stays_flat(
    start_web: StartWeb, sandbox: SandboxClient, dead_collector: str, table: Table
) -> None:
    web = start_web(
        OTEL_EXPORTER_OTLP_ENDPOINT=dead_collector,
        OTEL_BSP_SCHEDULE_DELAY="50",
        OTEL_METRIC_EXPORT_INTERVAL="200",
    )
    async with open_chat(web, sandbox.token("employee")) as chat:
        # What is kept for the collector is bounded: first let it fill.
        await ask(chat, RUNS)
        before = memory_of(web)
        await ask(chat, RUNS)
        growth = memory_of(web) - before
    web.child.stop()

    table.add("no collector", f"{RUNS} runs well, {growth / MEBIBYTE:.1f} MiB more")
    assert growth < 5 * MEBIBYTE
    assert web.child.exit_code == 0


async def ask(chat: Chat, runs: int) -> None:
    for number in range(runs):
        events = await chat.ask(f"{number} [[sandbox tokens=3]]")
        assert events[-1]["type"] == "RUN_FINISHED"
        assert text_of(events) == "w1 w2 w3"
