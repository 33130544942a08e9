"""SailPoint away for ten minutes: reads say so, writes wait in order and are sent once after it."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

import httpx
import pytest
import pytest_asyncio

from modules.backend.core.config import load_settings
from tests.fixtures.rest import Someone
from tests.fixtures.rights import WRITES
from tests.fixtures.servers import StartWeb
from tests.fixtures.stores import SandboxClient
from tests.fixtures.switch import Switch, open_switch
from tests.fixtures.writes import WATCHES_EVERY, Office, nobody, open_office
from tests.sandbox.sailpoint.tenant_client import TenantClient

pytestmark = pytest.mark.integration

TEN_MINUTES = 600
READS = ("/api/access", "/api/requests", "/api/approvals", "/api/certifications")
PAUSE = 150
"""Seconds of the ten minutes that pass at a time: the worker looks again each time."""


@dataclass
class Outage:
    """A manager at a web process, the worker, and the way to the tenant that both go."""

    office: Office
    manager: Someone
    switch: Switch

    async def begin(self, how: str) -> None:
        if how == "unreachable":
            await self.switch.off()
        else:
            self.office.tenant.fault("status", status=503, times=1_000_000)

    async def end(self, how: str) -> None:
        if how == "unreachable":
            await self.switch.on()
        self.office.tenant.control("faults", method="DELETE")

    async def card(self, proposal_id: str) -> dict[str, Any]:
        answer = await self.manager.http.get(f"/api/proposals/{proposal_id}")
        return dict(answer.raise_for_status().json())

    async def confirm(self, proposal_id: str) -> None:
        path = f"/api/proposals/{proposal_id}/decision"
        answer = await self.manager.http.post(path, json={"decision": "confirm"})
        assert answer.raise_for_status().json()["status"] == "confirmed"

    async def tried(self, proposal_id: str) -> dict[str, Any]:
        """The card once the process that took the click has told why it waits."""
        async with asyncio.timeout(60):
            while True:
                card = await self.card(proposal_id)
                if card["outcome"] is not None:
                    return card
                await asyncio.sleep(0.05)


@pytest_asyncio.fixture(scope="module")
async def outage(
    writing_env: dict[str, str], start_web: StartWeb, sandbox: SandboxClient
) -> AsyncIterator[Outage]:
    async with open_switch(int(sandbox.base_url.rpartition(":")[2])) as switch:
        address = {"SAILPOINT_BASE_URL": f"http://127.0.0.1:{switch.port}/sailpoint"}
        # The process starts in a thread: the switch that it reaches SailPoint by runs here.
        web = await asyncio.to_thread(start_web, **address)
        with mock.patch.dict(os.environ, writing_env | address, clear=True):
            settings = load_settings()
        token = sandbox.token("manager", claims=f'{{"oid": "{uuid.uuid4()}"}}')
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx.AsyncClient(base_url=web.url, headers=headers, timeout=60) as http,
            open_office(settings, TenantClient(sandbox.http), 8, nobody) as office,
        ):
            me = (await http.get("/api/me")).raise_for_status().json()
            yield Outage(office, Someone(uuid.UUID(me["id"]), token, http), switch)


async def prepared(outage: Outage, number: int) -> list[str]:
    """So many approvals, each a card that waits for a word; their proposals."""
    found = (await outage.manager.http.get("/api/approvals")).raise_for_status().json()
    free = [item["id"] for item in found["items"] if item["decidable"]][:number]
    assert len(free) == number
    proposals = []
    for approval_id in free:
        arguments = {"approval_id": approval_id, "decision": "approve", "comment": "As agreed."}
        body = {"kind": "decide_approval", "arguments": arguments}
        answer = await outage.manager.http.post("/api/proposals", json=body)
        proposals.append(answer.raise_for_status().json()["id"])
    return proposals


@pytest.mark.parametrize("how", ["unreachable", "failing"])
async def test_reads_say_so_and_writes_wait_in_order_and_are_sent_once(
    outage: Outage, how: str
) -> None:
    office = outage.office
    await office.begin_anew("instant")
    wanted = await prepared(outage, 3)
    await outage.begin(how)

    for path in READS:
        answer = await outage.manager.http.get(path)
        assert (answer.status_code, answer.json()["retryable"]) == (503, True)
        assert answer.json()["message"].startswith("SailPoint is unavailable right now.")
    for proposal_id in wanted:
        await outage.confirm(proposal_id)
        card = await outage.tried(proposal_id)
        assert card["status"] == "confirmed"
    cards = [await outage.card(proposal_id) for proposal_id in wanted]
    assert [card["queuePosition"] for card in cards] == [1, 2, 3]
    assert cards[0]["outcome"]["words"] == "SailPoint is unavailable, your request is queued."

    for _ in range(0, TEN_MINUTES, PAUSE):
        await office.pass_time(PAUSE)
    cards = [await outage.card(proposal_id) for proposal_id in wanted]
    assert [(c["status"], c["queuePosition"]) for c in cards] == [
        ("confirmed", place) for place in (1, 2, 3)
    ]
    assert written(office) == []

    await outage.end(how)
    for _ in range(3):
        await office.pass_time(WATCHES_EVERY)

    cards = [await outage.card(proposal_id) for proposal_id in wanted]
    assert [(c["status"], c["queuePosition"]) for c in cards] == [("done", None)] * 3
    confirmed = [card["outcome"]["ids"]["approvalId"] for card in cards]
    assert written(office) == confirmed


def written(office: Office) -> list[str]:
    """The approvals that the tenant was sent a decision on, in its order."""
    calls = [call for call in office.tenant.calls() if call["operation"] in WRITES]
    return [call["path"].split("/")[3] for call in calls if call["fault"] is None]
