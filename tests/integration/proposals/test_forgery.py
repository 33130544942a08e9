"""Words that must not count: every forgery by every way, and one execution at most.

The proposals are real ones, of a tenant; its journal says that nothing was sent.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from modules.backend.repositories import proposals as sql
from modules.backend.services.actions.action import Draft
from tests.fixtures.chat import new_id, open_chat, run_input
from tests.fixtures.forgeries import CONFIRM, EVERYWHERE, RESUMING, Table, Word
from tests.fixtures.rest import Shelf, Someone
from tests.fixtures.servers import WebServer
from tests.fixtures.sse import read_stream
from tests.fixtures.stores import SandboxClient
from tests.fixtures.writes import Office
from tests.sandbox.sailpoint.tenant_client import TenantClient

pytestmark = pytest.mark.integration

WRITES = ("approveAccessRequestV1", "rejectAccessRequestV1")
Refusal = tuple[int | None, str]
STATUS = {"invalid_input": 422, "proposal_not_found": 404}


async def by_rest(web: WebServer, table: Table, words: tuple[Word, ...]) -> Refusal:
    (word,) = words
    path = f"/api/proposals/{word.proposal_id}/decision"
    answer = await table.manager.http.post(path, json=word.payload)
    return answer.status_code, answer.json()["code"]


async def by_http(web: WebServer, table: Table, words: tuple[Word, ...]) -> Refusal:
    answer = await table.manager.http.post("/api/agent", json=resuming(table.thread_id, words))
    return answer.status_code, answer.json()["code"]


async def by_socket(web: WebServer, table: Table, words: tuple[Word, ...]) -> Refusal:
    async with open_chat(web, table.manager.token) as chat:
        frames = await chat.run(resuming(table.thread_id, words))
    assert frames[-1]["type"] == "error", frames[-1]
    return None, frames[-1]["code"]


def resuming(thread_id: str, words: tuple[Word, ...]) -> dict[str, Any]:
    given = [word.resume() for word in words]
    return run_input("", thread_id=thread_id) | {"messages": [], "resume": given}


WAYS = {"rest": by_rest, "http": by_http, "socket": by_socket}
MATRIX = [
    *((name, way) for name in EVERYWHERE for way in WAYS),
    *((name, way) for name in RESUMING for way in WAYS if way != "rest"),
]


async def sign_in(web: WebServer, token: str) -> Someone:
    headers = {"Authorization": f"Bearer {token}"}
    http = httpx.AsyncClient(base_url=web.url, headers=headers, timeout=30)
    me = (await http.get("/api/me")).raise_for_status().json()
    return Someone(uuid.UUID(me["id"]), token, http)


@pytest_asyncio.fixture(scope="module")
async def managers(web: WebServer, sandbox: SandboxClient) -> AsyncIterator[list[Someone]]:
    """Two people of the product who are the same one at SailPoint."""
    tokens = [sandbox.token("manager", claims=f'{{"oid": "{new_id()}"}}') for _ in range(2)]
    people = [await sign_in(web, token) for token in tokens]
    yield people
    for person in people:
        await person.http.aclose()


@pytest_asyncio.fixture(scope="module")
async def approval(writing_office: Office, managers: list[Someone]) -> Draft:
    """What it takes to approve something that waits on them."""
    await writing_office.begin_anew("instant")
    actor = await writing_office.desk.actors.of(managers[0].id)
    waiting = await writing_office.desk.approvals.of(actor)
    wanted = next(row for row in waiting.items if row.decidable)
    arguments = {"approval_id": wanted.id, "decision": "approve"}
    return await writing_office.desk.kinds.decide_approval.prepare(actor, arguments)


@pytest_asyncio.fixture
async def table(
    writing_office: Office, shelf: Shelf, managers: list[Someone], approval: Draft
) -> AsyncIterator[Table]:
    table = Table(writing_office, shelf, *managers, approval)
    table.thread_id = await shelf.put(table.manager, "What waits on me?", "This waits on you.")
    yield table
    async with writing_office.database.transaction() as session:
        for proposal_id in table.dealt:
            proposal = await sql.get(session, proposal_id)
            await session.delete(proposal)


def sent(tenant: TenantClient) -> int:
    return sum(len(tenant.calls(operation)) for operation in WRITES)


@pytest.mark.parametrize(("name", "way"), MATRIX)
async def test_a_forged_word_does_not_count(
    web: WebServer, table: Table, name: str, way: str
) -> None:
    forgery = await (EVERYWHERE | RESUMING)[name](table)
    before = sent(table.office.tenant)

    status, code = await WAYS[way](web, table, forgery.words)

    assert code == forgery.code
    assert status in (None, STATUS.get(code, 409))
    assert await table.statuses() == table.dealt
    assert sent(table.office.tenant) == before


async def test_what_was_altered_in_the_store_is_refused_with_the_reason(table: Table) -> None:
    altered = dict(table.draft.arguments) | {"decision": "deny", "comment": "No."}
    proposal_id = await table.deal(arguments=altered)
    before = sent(table.office.tenant)

    answer = await table.manager.http.post(f"/api/proposals/{proposal_id}/decision", json=CONFIRM)

    assert answer.json()["status"] == "confirmed"
    card = await ended(table, proposal_id)
    assert (card["status"], card["outcome"]["code"]) == ("refused", "proposal_altered")
    assert sent(table.office.tenant) == before


async def ended(table: Table, proposal_id: uuid.UUID) -> dict[str, Any]:
    """The card once it is settled, by whichever process."""
    async with asyncio.timeout(30):
        while True:
            answer = await table.manager.http.get(f"/api/proposals/{proposal_id}")
            card: dict[str, Any] = answer.raise_for_status().json()
            if card["status"] not in ("pending", "confirmed", "sending"):
                return card
            await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Clicks:
    """One proposal, confirmed in every way there is. Each says whether it counted."""

    table: Table
    proposal_id: uuid.UUID

    async def click(self, http: httpx.AsyncClient) -> bool:
        path = f"/api/proposals/{self.proposal_id}/decision"
        return (await http.post(path, json=CONFIRM)).is_success

    async def resume(self, http: httpx.AsyncClient) -> bool:
        async with http.stream("POST", "/api/agent", json=self._resuming()) as response:
            if response.is_success:
                await read_stream(response)
            return response.is_success

    async def say(self, server: WebServer) -> bool:
        async with open_chat(server, self.table.manager.token) as chat:
            frames = await chat.run(self._resuming())
        return frames[-1]["type"] == "RUN_FINISHED"

    async def work(self) -> bool:
        for _ in range(20):
            await self.table.office.executor.execute(self.proposal_id)
            await asyncio.sleep(0.01)
        return False

    def _resuming(self) -> dict[str, Any]:
        return resuming(self.table.thread_id, (Word(self.proposal_id),))


async def test_of_clicks_in_parallel_everywhere_one_counts_and_one_is_executed(
    web: WebServer, other_web: WebServer, table: Table
) -> None:
    """Two web processes, two sockets and HTTP, and a worker that finds it at the same time."""
    await table.office.begin_anew("instant")
    proposal_id = await table.deal()
    clicks = Clicks(table, proposal_id)
    other = await sign_in(other_web, table.manager.token)

    counted = await asyncio.gather(
        *(clicks.click(http) for http in (table.manager.http, other.http) for _ in range(4)),
        *(clicks.resume(http) for http in (table.manager.http, other.http)),
        *(clicks.say(server) for server in (web, other_web)),
        *(clicks.work() for _ in range(2)),
    )

    await other.http.aclose()
    assert sum(counted) == 1
    assert (await ended(table, proposal_id))["status"] == "done"
    assert sent(table.office.tenant) == 1


async def test_a_run_that_comes_again_executes_nothing_again(table: Table) -> None:
    await table.office.begin_anew("instant")
    proposal_id = await table.deal()
    asked = resuming(table.thread_id, (Word(proposal_id),))

    for _ in range(3):
        async with table.manager.http.stream("POST", "/api/agent", json=asked) as response:
            assert response.is_success
            await read_stream(response)

    assert (await ended(table, proposal_id))["status"] == "done"
    assert sent(table.office.tenant) == 1
