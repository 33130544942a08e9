"""Desks at a process whose model is away."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
import pytest_asyncio

from modules.sandbox.launcher.ports import free_port
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.integration.journeys.desk import Person, SignIn


@pytest.fixture(scope="module")
def modelless(start_web: StartWeb) -> WebServer:
    """A process whose model is away, at which reviews can be signed off."""
    nowhere = f"http://127.0.0.1:{free_port()}/v1"
    return start_web(OPENAI_BASE_URL=nowhere, SAILPOINT_SIGN_OFF="true")


@pytest_asyncio.fixture
async def sign_in(modelless: WebServer, sandbox: SandboxClient) -> AsyncIterator[SignIn]:
    sandbox.http.post("/control/sailpoint/reset").raise_for_status()
    sandbox.http.post("/control/sailpoint/delays", json="instant").raise_for_status()
    sandbox.http.post("/control/sailpoint/limit", json={"calls": 10_000}).raise_for_status()
    async with AsyncExitStack() as opened:

        def one(person: str) -> Person:
            headers = {"Authorization": f"Bearer {sandbox.token(person)}"}
            http = httpx.AsyncClient(
                base_url=modelless.url, headers=headers, timeout=30, trust_env=False
            )
            opened.push_async_callback(http.aclose)
            return Person(http)

        yield one
