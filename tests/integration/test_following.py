"""Following: people who are here are told what went on, once, and SailPoint is asked seldom."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import delete, select, update

from modules.backend.bootstrap import Worker, open_worker
from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.models import Proposal, Watch
from modules.backend.repositories import proposals
from modules.backend.services.chat.proposals import FORMAT
from modules.backend.services.following import PEOPLE_AT_ONCE, SELDOM, SOON, Following, wait_after
from modules.backend.services.readings.wishes import left_to_rescan
from tests.fixtures.chat import Chat, open_chat
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient
from tests.sandbox.sailpoint.tenant_client import TenantClient, id_of

pytestmark = pytest.mark.integration


@dataclass
class Page:
    """An open page, and the worker that looks for its person."""

    chat: Chat
    following: Following
    database: Database
    person_id: uuid.UUID

    async def look(self) -> Watch:
        """The worker's next look, now."""
        async with self.database.transaction() as session:
            await session.execute(
                update(Watch)
                .where(Watch.person_id == self.person_id)
                .values(look_at=self.following.clock.now())
            )
        assert await self.following.look() == 1
        return await watch_of(self.database, self.person_id)

    @asynccontextmanager
    async def having_requested(self, request_id: str, identity_id: str) -> AsyncIterator[None]:
        """As if the person had made that request here, for that identity."""
        now = self.following.clock.now()
        async with self.database.transaction() as session:
            made = await proposals.add(
                session,
                id=uuid.uuid4(),
                format=FORMAT,
                person_id=self.person_id,
                kind="request_access",
                arguments={"identity_id": identity_id},
                arguments_hash="",
                card={},
                target="",
                status="done",
                outcome={"ids": {"accessRequestId": request_id}},
                created_at=now,
                expires_at=now,
            )
        try:
            yield
        finally:
            async with self.database.transaction() as session:
                await session.execute(delete(Proposal).where(Proposal.id == made.id))

    async def notices(self) -> list[dict[str, str]]:
        """What came so far; a pong marks the end."""
        await self.chat.send(type="ping")
        frames = [await self.chat.receive(notices=True)]
        while frames[-1]["type"] != "pong":
            frames.append(await self.chat.receive(notices=True))
        return frames[:-1]

    async def notice(self) -> dict[str, str]:
        """The next one."""
        return (await self.chat.receive_until("notice"))[-1]


async def watch_of(database: Database, person_id: uuid.UUID) -> Watch:
    async with database.read() as session:
        return (
            await session.execute(select(Watch).where(Watch.person_id == person_id))
        ).scalar_one()


@pytest_asyncio.fixture
async def worker(settings: Settings) -> AsyncIterator[Worker]:
    async with open_worker(settings, left_to_rescan) as opened:
        yield opened


@pytest_asyncio.fixture
async def page(
    web: WebServer, sandbox: SandboxClient, database: Database, worker: Worker
) -> AsyncIterator[Page]:
    """The approver's page, with whatever it had been told of forgotten."""
    sandbox.http.post("/control/sailpoint/reset").raise_for_status()
    sandbox.http.post("/control/sailpoint/limit", json={"calls": 10_000}).raise_for_status()
    async with database.transaction() as session:
        await session.execute(delete(Watch))
    async with open_chat(web, sandbox.token("approver")) as chat:
        assert worker.following is not None
        async with database.read() as session:
            (person_id,) = (await session.execute(select(Watch.person_id))).scalars().all()
        yield Page(chat, worker.following, database, person_id)


def approve_one(sandbox: SandboxClient) -> None:
    """Somebody decides on the approver's behalf, in SailPoint itself."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "pat:ingrid.okafor",
        "client_secret": "sandbox",
    }
    token = sandbox.http.post("/sailpoint/oauth/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    path = "/sailpoint/access-request-approvals/v1"
    pending = sandbox.http.get(f"{path}/pending", params={"owner-id": "me"}, headers=headers).json()
    one = next(row for row in pending if row.get("actionInProcess") is None)
    sandbox.http.post(f"{path}/{one['id']}/approve", headers=headers).raise_for_status()


async def test_a_change_is_told_once(page: Page, sandbox: SandboxClient) -> None:
    await page.look()
    assert await page.notices() == []

    sandbox.http.post("/control/sailpoint/delays", json="never").raise_for_status()
    approve_one(sandbox)
    await page.look()
    assert await page.notice() == {"type": "notice", "kind": "approvals_changed"}

    await page.look()
    assert await page.notices() == []


async def test_a_request_that_moved_on_is_named(page: Page) -> None:
    await page.look()
    before = await watch_of(page.database, page.person_id)
    seen = dict(before.requests or {})
    assert seen
    moved = next(iter(seen))
    async with page.database.transaction() as session:
        await session.execute(
            update(Watch)
            .where(Watch.person_id == page.person_id)
            .values(requests=seen | {moved: ["processing", "earlier"]})
        )

    await page.look()

    assert await page.notice() == {
        "type": "notice",
        "kind": "request_changed",
        "requestId": moved,
    }


async def test_what_was_requested_for_another_is_followed_too(
    page: Page, sandbox: SandboxClient
) -> None:
    theirs = id_of("lena.marsh")
    (row, *_) = TenantClient(sandbox.http).rows(
        "/access-request-status/v1", **{"requested-for": theirs}
    )
    request_id = row["accessRequestId"]
    assert request_id not in ((await page.look()).requests or {})

    async with page.having_requested(request_id, theirs):
        assert request_id in ((await page.look()).requests or {})


async def test_looks_become_seldom_while_nothing_changes(page: Page) -> None:
    first, second = await page.look(), await page.look()

    assert (first.looks, second.looks) == (1, 2)
    assert second.look_at - first.look_at >= SOON


async def test_while_sailpoint_is_away_nothing_is_told_or_forgotten(
    page: Page, sandbox: SandboxClient
) -> None:
    known = (await page.look()).approvals
    fault = {"kind": "status", "status": 503, "times": 20}
    sandbox.http.post("/control/sailpoint/faults", json=fault).raise_for_status()

    watch = await page.look()
    sandbox.http.delete("/control/sailpoint/faults").raise_for_status()

    assert watch.approvals == known
    assert await page.notices() == []


async def test_nobody_is_looked_for_who_is_gone_and_few_at_once(
    page: Page, database: Database
) -> None:
    long_ago = page.following.clock.now() - timedelta(hours=1)

    async def gone(until: datetime) -> int:
        async with database.transaction() as session:
            await session.execute(update(Watch).values(look_at=long_ago, present_until=until))
        return await page.following.look()

    assert await gone(long_ago) == 0
    assert await gone(page.following.clock.now() + SELDOM) == 1
    assert PEOPLE_AT_ONCE * 2 < 70


@pytest.mark.parametrize(("looks", "wait"), [(0, SOON), (1, SOON * 2), (30, SELDOM)])
def test_the_wait_doubles_to_its_bound(looks: int, wait: timedelta) -> None:
    assert wait_after(looks) == wait
