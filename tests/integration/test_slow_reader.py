"""A reader that stops reading is told everything later, and holds nobody up."""

import pytest

from tests.fixtures.servers import WebServer
from tests.fixtures.slow_reader import stop_reading
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


async def test_a_stalled_reader_misses_nothing(web: WebServer, sandbox: SandboxClient) -> None:
    token = sandbox.token("employee")
    found = await stop_reading(web, token, runs=2, tokens=1500, delay_ms=0, seconds=2)

    assert found.events > 3000
