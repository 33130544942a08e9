"""Summaries of review items and kinds of reasons: asked for, made once, shown, and told."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import delete, select

from modules.backend.bootstrap import Worker, open_worker
from modules.backend.core.clock import SystemClock
from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.errors import LLMUnavailable
from modules.backend.models import ModelCall, Reading, ReadingWish
from modules.backend.services.readings.contents import content_of_reason
from modules.backend.services.readings.reader import BATCH
from modules.backend.services.readings.wishes import AHEAD, ON_SCREEN, Readings, left_to_rescan
from tests.fixtures.chat import open_chat
from tests.fixtures.rest import Meet
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

SUMMARY = "review_summary"


@pytest_asyncio.fixture
async def worker(settings: Settings) -> AsyncIterator[Worker]:
    async with open_worker(settings, left_to_rescan) as opened:
        yield opened


@pytest_asyncio.fixture(autouse=True)
async def tenant(sandbox: SandboxClient, database: Database) -> None:
    """The demo data as at the start; nothing read, nothing asked."""
    sandbox.reset()
    sandbox.http.post("/control/sailpoint/reset").raise_for_status()
    sandbox.http.post("/control/sailpoint/limit", json={"calls": 10_000}).raise_for_status()
    async with database.transaction() as session:
        for table in (Reading, ReadingWish):
            await session.execute(delete(table))
        await session.execute(delete(ModelCall).where(ModelCall.purpose.in_((SUMMARY, "reason"))))


@pytest_asyncio.fixture
async def manager(web: WebServer, sandbox: SandboxClient) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {sandbox.token('manager')}"}
    async with httpx.AsyncClient(base_url=web.url, headers=headers, timeout=30) as http:
        yield http


async def get(http: httpx.AsyncClient, path: str) -> Any:
    return (await http.get(path)).raise_for_status().json()


async def my_id(http: httpx.AsyncClient) -> str:
    return str((await get(http, "/api/me"))["id"])


async def open_review(http: httpx.AsyncClient) -> str:
    """The id of the longest review."""
    reviews = (await get(http, "/api/certifications"))["items"]
    return str(max(reviews, key=lambda review: review["total"])["id"])


async def items_of(http: httpx.AsyncClient, review_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await get(http, f"/api/certifications/{review_id}/items"))[
        "items"
    ]
    return items


async def read_all(worker: Worker, person_id: Any) -> int:
    """How many tasks it takes until nothing is left to read."""
    tasks = 0
    while await worker.reader.read(person_id):
        tasks += 1
    return tasks


async def wishes(database: Database) -> list[ReadingWish]:
    async with database.read() as session:
        ordered = select(ReadingWish).order_by(ReadingWish.rank, ReadingWish.hash)
        return list((await session.execute(ordered)).scalars())


async def ledger(database: Database, purpose: str) -> list[ModelCall]:
    async with database.read() as session:
        found = select(ModelCall).where(ModelCall.purpose == purpose)
        return list((await session.execute(found)).scalars())


class TestSummaries:
    async def test_what_is_on_screen_is_read_first_and_told(
        self,
        manager: httpx.AsyncClient,
        worker: Worker,
        web: WebServer,
        sandbox: SandboxClient,
        database: Database,
    ) -> None:
        review_id = await open_review(manager)
        items = await items_of(manager, review_id)
        on_screen = [item["id"] for item in items[-8:]]
        answer = await manager.post(
            f"/api/certifications/{review_id}/summaries", json={"itemIds": on_screen}
        )
        assert answer.status_code == 202
        first = (await wishes(database))[0]
        async with open_chat(web, sandbox.token("manager")) as page:
            assert await worker.reader.read(first.person_id)
            notice = (await page.receive_until("notice"))[-1]

        assert notice == {"type": "notice", "kind": "review_changed", "reviewId": review_id}
        shown = {item["id"]: item for item in await items_of(manager, review_id)}
        assert all(shown[item_id]["summary"] for item_id in on_screen)

    async def test_one_content_is_read_once_for_everybody(
        self, manager: httpx.AsyncClient, worker: Worker, sandbox: SandboxClient, database: Database
    ) -> None:
        review_id = await open_review(manager)
        before = await items_of(manager, review_id)
        wished = await wishes(database)
        tasks = await read_all(worker, wished[0].person_id)
        after = await items_of(manager, review_id)
        await read_all(worker, wished[0].person_id)

        calls = await ledger(database, SUMMARY)
        assert tasks == -(-len(wished) // BATCH)
        assert len(calls) >= tasks
        assert {call.model for call in calls} == {"sandbox-small"}
        assert all((call.outcome, call.conversation_id) == ("finished", None) for call in calls)
        read = [item for item in after if item["summary"]]
        assert len(read) >= len(wished)
        told = ("recommendation", "signals", "risk", "id")
        assert [[item[name] for name in told] for item in before] == [
            [item[name] for name in told] for item in after
        ]

    async def test_the_person_is_not_told_to_the_model(
        self, manager: httpx.AsyncClient, worker: Worker, sandbox: SandboxClient, database: Database
    ) -> None:
        items = await items_of(manager, await open_review(manager))
        await worker.reader.read((await wishes(database))[0].person_id)

        (call,) = sandbox.calls("<<<data of review_item")
        assert not any(item["person"]["name"] in json.dumps(call) for item in items)

    @pytest.mark.parametrize("ids", [[], ["x"] * 51, ["a b"], ["../x"], None])
    async def test_a_body_that_cannot_be_is_refused(
        self, manager: httpx.AsyncClient, ids: Any
    ) -> None:
        path = f"/api/certifications/{await open_review(manager)}/summaries"

        assert (await manager.post(path, json={"itemIds": ids})).status_code == 422

    async def test_only_items_of_ones_own_review_are_read(
        self, manager: httpx.AsyncClient, web: WebServer, sandbox: SandboxClient, database: Database
    ) -> None:
        review_id = await open_review(manager)
        item_id = (await items_of(manager, review_id))[0]["id"]
        path = f"/api/certifications/{review_id}/summaries"
        before = len(await wishes(database))
        foreign = await manager.post(path, json={"itemIds": [item_id, "0" * 32]})
        headers = {"Authorization": f"Bearer {sandbox.token('employee')}"}
        other = await manager.post(path, json={"itemIds": [item_id]}, headers=headers)

        assert (foreign.status_code, foreign.json()["code"]) == (409, "item_missing")
        assert (other.status_code, other.json()["code"]) == (409, "review_not_yours")
        assert len(await wishes(database)) == before

    async def test_while_the_model_is_away_the_wish_stays_and_the_list_is_whole(
        self, manager: httpx.AsyncClient, worker: Worker, sandbox: SandboxClient, database: Database
    ) -> None:
        review_id = await open_review(manager)
        items = await items_of(manager, review_id)
        person_id = (await wishes(database))[0].person_id
        for _ in range(4):
            sandbox.fault("status", status=503)
        with pytest.raises(LLMUnavailable):
            await worker.reader.read(person_id)

        assert [item["recommendation"] for item in items] == [
            item["recommendation"] for item in await items_of(manager, review_id)
        ]
        assert all(wish.taken_until is None for wish in await wishes(database))
        assert await worker.reader.read(person_id)


class TestWishes:
    async def test_what_was_asked_for_before_sends_no_task_again(
        self, database: Database, meet: Meet
    ) -> None:
        sent: list[uuid.UUID] = []

        async def enqueue(_task: str, subject: uuid.UUID) -> None:
            sent.append(subject)

        wanting = Readings(database, SystemClock(), enqueue)
        person_id = (await meet()).id
        contents = [content_of_reason(f"Reason {number}") for number in range(3)]
        for rank in (AHEAD, AHEAD, ON_SCREEN, ON_SCREEN, AHEAD):
            await wanting.want(person_id, contents, subject="review", rank=rank)

        assert sent == [person_id] * 2
        assert {wish.rank for wish in await wishes(database)} == {ON_SCREEN}


class TestReasons:
    async def test_a_kind_becomes_a_signal_and_nothing_else(
        self, manager: httpx.AsyncClient, worker: Worker, database: Database
    ) -> None:
        before = (await get(manager, "/api/approvals"))["items"]
        person_id = (await wishes(database))[0].person_id
        await read_all(worker, person_id)
        after = {item["id"]: item for item in (await get(manager, "/api/approvals"))["items"]}

        kinds = {"vague_reason", "odd_reason", "temporary_without_end"}
        assert not any(kinds & set(item["signals"]) for item in before)
        assert any(kinds & set(item["signals"]) for item in after.values())
        for item in before:
            now = after[item["id"]]
            assert (now["decidable"], now["conflicts"]) == (item["decidable"], item["conflicts"])
            assert set(now["signals"]) - kinds == set(item["signals"])
        assert await wishes(database) == []
