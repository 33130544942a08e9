"""50 people at once over four web processes: SailPoint's rate, how long people wait, and tokens."""

import asyncio
import itertools
import re
import statistics
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import httpx
import pytest
import pytest_asyncio

from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.sandbox.sailpoint.tenant_client import TenantClient

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

PEOPLE, QUESTIONS, PROCESSES = 50, 6, 4
RATE, WINDOW = 100, timedelta(seconds=10)
CLIENT = "limits"
READS = ("/api/requests", "/api/approvals", "/api/certifications")
_WAITED = re.compile(r'"waited": (\d+)')


@pytest.fixture(scope="module")
def tenant(sandbox: SandboxClient) -> TenantClient:
    """With the rate of a real one, and a client that nobody else uses."""
    tenant = TenantClient(sandbox.http)
    tenant.control("reset")
    client = {"id": CLIENT, "kind": "pat", "alias": "svc-access-assistant"}
    tenant.control("clients", client)
    return tenant


@pytest.fixture(scope="module")
def four(start_web: StartWeb, tenant: TenantClient) -> WebServer:
    return start_web(workers=PROCESSES, within=180, SAILPOINT_CLIENT_ID=CLIENT)


@pytest_asyncio.fixture(scope="module")
async def people(four: WebServer, sandbox: SandboxClient) -> AsyncIterator[list[httpx.AsyncClient]]:
    async with AsyncExitStack() as opened:
        found = []
        for number in range(PEOPLE):
            who = ("employee", "manager", "approver")[number % 3]
            token = sandbox.token(who, claims=f'{{"oid": "{uuid.uuid4()}"}}')
            headers = {"Authorization": f"Bearer {token}"}
            # A connection for each question, so that the processes share the people.
            alone = httpx.Limits(max_keepalive_connections=0)
            http = httpx.AsyncClient(base_url=four.url, headers=headers, timeout=60, limits=alone)
            found.append(await opened.enter_async_context(http))
        yield found


async def ask(people: list[httpx.AsyncClient], questions: int) -> list[int]:
    """Everybody asks one thing after another, all people at once; the answers' statuses."""

    async def one(http: httpx.AsyncClient) -> list[int]:
        paths = itertools.islice(itertools.cycle(READS), questions)
        return [(await http.get(path)).status_code for path in paths]

    return [s for statuses in await asyncio.gather(*map(one, people)) for s in statuses]


def of_client(tenant: TenantClient, *, tokens: bool) -> list[datetime]:
    """When calls of the client came, those for tokens or the others."""
    return sorted(
        datetime.fromisoformat(call["at"])
        for call in tenant.latest(5000)
        if call["client_id"] == CLIENT and (call["operation"] == "oauthToken") is tokens
    )


def most_in_a_window(times: list[datetime]) -> int:
    """However the window is laid."""
    first = 0
    most = 0
    for last, time in enumerate(times):
        while times[first] <= time - WINDOW:
            first += 1
        most = max(most, last - first + 1)
    return most


async def test_the_rate_is_kept_and_a_token_is_asked_for_once(
    four: WebServer,
    people: list[httpx.AsyncClient],
    tenant: TenantClient,
    capsys: pytest.CaptureFixture[str],
) -> None:
    began = asyncio.get_running_loop().time()
    statuses = await ask(people, QUESTIONS)
    seconds = asyncio.get_running_loop().time() - began
    tokens = len(of_client(tenant, tokens=True))
    waits = sorted(int(found) for found in _WAITED.findall(four.child.log.read_text()))
    times = of_client(tenant, tokens=False)
    most = most_in_a_window(times)

    tenant.control("tokens", {"expire": True, "client_id": CLIENT})
    after = await ask(people, 1)

    with capsys.disabled():
        sys.stdout.write(
            f"\n{PEOPLE} people over {PROCESSES} processes: {len(times)} calls in {seconds:.0f} s, "
            f"at most {most} in any 10 s\n"
            f"waiting for their turn: median {statistics.median(waits):.0f} ms, "
            f"p95 {waits[len(waits) * 95 // 100]} ms, at most {waits[-1]} ms\n"
            f"tokens: {tokens}, and {len(of_client(tenant, tokens=True)) - tokens} "
            "after an early expiry\n"
        )
    assert set(statuses + after) == {200}
    assert len(times) > RATE
    assert most <= RATE
    assert tenant.control("limit", method="GET")["refused"] == 0
    assert tokens == 1
    assert len(of_client(tenant, tokens=True)) == 2
