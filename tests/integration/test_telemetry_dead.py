"""A collector that is away, or takes its time for ever, costs telemetry and nothing else.

What it costs in memory is measured in `tests/chaos`.
"""

import pytest

from tests.fixtures.chat import open_chat, text_of
from tests.fixtures.servers import StartWeb
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

RUNS = 20


async def test_no_run_fails_and_the_process_still_stops(
    start_web: StartWeb, sandbox: SandboxClient, dead_collector: str
) -> None:
    web = start_web(
        OTEL_EXPORTER_OTLP_ENDPOINT=dead_collector,
        OTEL_BSP_SCHEDULE_DELAY="50",
        OTEL_METRIC_EXPORT_INTERVAL="200",
    )
    async with open_chat(web, sandbox.token("employee")) as chat:
        for number in range(RUNS):
            events = await chat.ask(f"{number} [[sandbox tokens=3]]")
            assert events[-1]["type"] == "RUN_FINISHED"
            assert text_of(events) == "w1 w2 w3"
    web.child.stop()

    assert web.child.exit_code == 0
