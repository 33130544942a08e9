"""One person's data: all of it as a file, all of it erased, none of it in the log."""

import json
import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from modules.backend.core.database import Database
from modules.backend.models import Conversation, Person, Proposal
from tests.fixtures.chat import new_id, open_chat
from tests.fixtures.rest import Meet, Shelf, Someone
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient
from tests.integration.proposals.test_rest_proposals import decide, proposed

pytestmark = pytest.mark.integration

PRIVATE = "Zanzibar seven"


@pytest_asyncio.fixture
async def admin(web: WebServer, sandbox: SandboxClient) -> AsyncIterator[httpx.AsyncClient]:
    token = sandbox.token("admin", claims=json.dumps({"oid": new_id()}))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=web.url, headers=headers, timeout=30) as client:
        yield client


async def test_everything_about_a_person_in_one_file(
    database: Database, someone: Someone, meet: Meet, shelf: Shelf
) -> None:
    other = await meet()
    await shelf.put(other, "Not mine")
    mine = [await shelf.put(someone, f"{PRIVATE} {n}", "Yes", title=f"T{n}") for n in range(3)]
    proposal_id = await proposed(database, someone)

    answer = await someone.http.get("/api/me/export")

    exported = answer.raise_for_status().json()
    assert exported["person"]["id"] == str(someone.id)
    assert exported["person"]["email"]
    assert {c["id"] for c in exported["conversations"]} == set(mine)
    said = {m["content"] for c in exported["conversations"] for m in c["messages"]}
    assert said == {"Yes", *(f"{PRIVATE} {n}" for n in range(3))}
    assert [p["id"] for p in exported["proposals"]] == [proposal_id]
    assert "data.exported" in {record["kind"] for record in exported["audit"]}
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"


class TestErasure:
    async def test_leaves_nothing_that_names_them(
        self, database: Database, someone: Someone, shelf: Shelf
    ) -> None:
        await shelf.put(someone, PRIVATE, "Yes")
        await proposed(database, someone)
        answer = await someone.http.delete("/api/me")
        async with database.read() as session:
            person = await session.get(Person, someone.id)
            left = (
                await session.execute(
                    select(Conversation.id).where(Conversation.person_id == someone.id)
                )
            ).all()
            cards = (
                (await session.execute(select(Proposal).where(Proposal.person_id == someone.id)))
                .scalars()
                .all()
            )

        assert answer.status_code == 204
        assert person is not None
        assert (person.name, person.email, person.tenant_id) == ("Erased", None, "erased")
        assert left == []
        assert [(c.arguments, c.card, c.outcome) for c in cards] == [({}, {}, None)]

    async def test_is_done_by_an_administrator_and_recorded(
        self, admin: httpx.AsyncClient, someone: Someone, shelf: Shelf
    ) -> None:
        await shelf.put(someone, PRIVATE)
        answers = [(await admin.delete(f"/api/people/{someone.id}")).status_code for _ in range(2)]
        found = (await admin.get("/api/audit", params={"kind": "data.erased"})).json()["items"]
        nobody = await admin.delete(f"/api/people/{uuid.uuid4()}")

        assert answers == [204, 204], "done twice, it does no more"
        assert str(someone.id) in {record["details"]["person"] for record in found}
        assert nobody.status_code == 404

    async def test_who_comes_back_is_somebody_new(
        self, web: WebServer, other_web: WebServer, sandbox: SandboxClient
    ) -> None:
        claims = {"oid": new_id()}
        before, after = (
            sandbox.token("employee", claims=json.dumps(claims | {"uti": u})) for u in "ab"
        )
        ids = [await my_id(server, before) for server in (web, other_web)]
        async with httpx.AsyncClient(base_url=web.url, headers=bearer(before)) as client:
            await client.delete("/api/me")
        later = [await my_id(server, after) for server in (web, other_web)]

        assert len(set(ids)) == len(set(later)) == 1
        assert ids[0] != later[0]

    async def test_waits_for_a_change_that_is_on_its_way(
        self, database: Database, someone: Someone, shelf: Shelf
    ) -> None:
        conversation = await shelf.put(someone, PRIVATE)
        await decide(someone, await proposed(database, someone), "confirm")

        answer = await someone.http.delete("/api/me")
        kept = await someone.http.get(f"/api/conversations/{conversation}")

        assert (answer.status_code, answer.json()["code"]) == (409, "change_in_flight")
        assert kept.status_code == 200


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def my_id(web: WebServer, token: str) -> str:
    async with httpx.AsyncClient(base_url=web.url, headers=bearer(token), timeout=30) as client:
        return str((await client.get("/api/me")).raise_for_status().json()["id"])


async def test_the_log_holds_no_token_no_secret_and_no_message(
    web: WebServer, someone: Someone
) -> None:
    async with open_chat(web, someone.token) as chat:
        await chat.ask(f"{PRIVATE} [[sandbox tokens=1]]")
    query = {"query": PRIVATE, "cursor": someone.token[:150]}
    await someone.http.get("/api/conversations", params=query)
    await someone.http.get("/api/me", headers={"Authorization": f"Bearer {someone.token}x"})
    log = web.child.log.read_text()

    assert "run.ended" in log
    assert PRIVATE not in log
    assert someone.token[:60] not in log
    assert someone.token.rpartition(".")[2] not in log
