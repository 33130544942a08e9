"""Usage over REST: one's own for everybody, everybody's for administrators alone."""

import base64
import uuid
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from modules.backend.core.database import Database
from modules.backend.core.security import ADMIN_ROLE
from modules.backend.services.people import Person
from modules.backend.services.usage import UsageQuery, UsageReports
from tests.fixtures.ledger import Books
from tests.fixtures.rest import Meet, Shelf, Someone, counted_statements
from tests.fixtures.rest_client import RestClient
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

USAGE = "/api/usage"
NOTHING: dict[str, Any] = {
    "calls": 0,
    "inputTokens": 0,
    "cachedInputTokens": 0,
    "cacheWriteTokens": 0,
    "outputTokens": 0,
    "reasoningTokens": 0,
    "cost": "0",
    "unknownCostCalls": 0,
    "estimatedCalls": 0,
}
CALL = NOTHING | {"calls": 1, "inputTokens": 100, "outputTokens": 10, "cost": "0.0002"}
"""What one row of `Books.put` comes to."""


@pytest.fixture
async def admin(web: WebServer, sandbox: SandboxClient) -> AsyncIterator[httpx.AsyncClient]:
    """The way of somebody with the role."""
    headers = {"Authorization": f"Bearer {sandbox.token('admin')}"}
    async with httpx.AsyncClient(base_url=web.url, headers=headers, timeout=30) as client:
        yield client


async def read(http: RestClient, books: Books, **query: Any) -> dict[str, Any]:
    """The usage of the test's own days."""
    days = {"from": books.today - timedelta(days=5), "to": books.today}
    params = {name: str(value) for name, value in (days | query).items()}
    body: dict[str, Any] = (await http.get(USAGE, params=params)).raise_for_status().json()
    return body


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


class TestOwn:
    async def test_begins_with_nothing(self, someone: Someone, books: Books) -> None:
        assert await read(someone.http, books) == {
            "by": "day",
            "scope": "own",
            "from": str(books.today - timedelta(days=5)),
            "to": str(books.today),
            "currency": "USD",
            "total": NOTHING,
            "items": [],
            "nextCursor": None,
        }

    async def test_is_told_by_day_latest_first(self, someone: Someone, books: Books) -> None:
        days = [books.today - timedelta(days=n) for n in (2, 0, 1)]
        for day in days:
            await books.put(someone.id, day=day)
        await books.put(someone.id, day=books.today)
        await books.put(someone.id, day=books.today - timedelta(days=6))

        body = await read(someone.http, books)

        assert [item["key"] for item in body["items"]] == [
            str(books.today - timedelta(days=n)) for n in (0, 1, 2)
        ]
        assert body["items"][1] == CALL | {"key": str(days[2]), "name": None}
        assert (body["total"]["calls"], body["total"]["cost"]) == (4, "0.0008")

    async def test_adds_up_every_kind_of_token(self, someone: Someone, books: Books) -> None:
        tokens = {"cached_input_tokens": 40, "cache_write_tokens": 7, "reasoning_tokens": 3}
        await books.put(someone.id, **tokens)
        await books.put(someone.id, input_tokens=None, output_tokens=None, cost=None)
        await books.put(someone.id, is_estimate=True, cost=Decimal("0.00000000001"))

        total = (await read(someone.http, books))["total"]

        assert total == {
            "calls": 3,
            "inputTokens": 200,
            "cachedInputTokens": 40,
            "cacheWriteTokens": 7,
            "outputTokens": 20,
            "reasoningTokens": 3,
            "cost": "0.00020000001",
            "unknownCostCalls": 1,
            "estimatedCalls": 1,
        }

    async def test_leaves_out_what_is_still_going_on(self, someone: Someone, books: Books) -> None:
        await books.put(someone.id, outcome="open", cost=None)

        assert (await read(someone.http, books))["total"] == NOTHING

    async def test_is_told_by_model_dearest_first(self, someone: Someone, books: Books) -> None:
        await books.put(someone.id, model="cheap")
        await books.put(someone.id, model="dear", cost=Decimal(3))
        await books.put(someone.id, model="unknown", cost=None)

        items = (await read(someone.http, books, by="model"))["items"]

        assert [(item["key"], item["name"], item["cost"]) for item in items] == [
            ("openai/dear", "dear", "3"),
            ("openai/cheap", "cheap", "0.0002"),
            ("openai/unknown", "unknown", "0"),
        ]

    async def test_by_person_is_oneself(self, someone: Someone, meet: Meet, books: Books) -> None:
        other = await meet()
        await books.put(someone.id)
        await books.put(other.id)

        (item,) = (await read(someone.http, books, by="person"))["items"]

        assert (item["key"], item["calls"]) == (str(someone.id), 1)
        assert item["name"]

    async def test_by_conversation_puts_the_deleted_ones_together(
        self, someone: Someone, shelf: Shelf, books: Books
    ) -> None:
        kept, gone = await shelf.put(someone, title="Kept"), await shelf.put(someone)
        await books.put(someone.id, conversation_id=uuid.UUID(kept), cost=Decimal(1))
        await books.put(someone.id, conversation_id=uuid.UUID(gone))
        await books.put(someone.id, conversation_id=uuid.uuid4())
        await books.put(someone.id)
        await someone.http.delete(f"/api/conversations/{gone}")

        items = (await read(someone.http, books, by="conversation"))["items"]

        assert [(item["key"], item["name"], item["calls"]) for item in items] == [
            (kept, "Kept", 1),
            (None, None, 3),
        ]

    async def test_is_of_the_last_thirty_days_unless_told(self, someone: Someone) -> None:
        body = (await someone.http.get(USAGE)).json()
        first, last = date.fromisoformat(body["from"]), date.fromisoformat(body["to"])

        assert (last - first).days == 29


class TestPages:
    @pytest.mark.parametrize("by", ["day", "model", "conversation"])
    async def test_go_on_behind_the_cursor_even_at_equal_costs(
        self, someone: Someone, shelf: Shelf, books: Books, by: str
    ) -> None:
        for n in range(5):
            conversation = await shelf.put(someone)
            await books.put(
                someone.id,
                day=books.today - timedelta(days=n),
                model=f"model {n}",
                conversation_id=uuid.UUID(conversation),
            )
        await books.put(someone.id, day=books.today - timedelta(days=5), model="z", cost=None)
        pages, query = [], {"by": by, "limit": 2}
        while True:
            body = await read(someone.http, books, **query)
            pages.append([item["key"] for item in body["items"]])
            if body["nextCursor"] is None:
                break
            query["cursor"] = body["nextCursor"]

        assert [len(page) for page in pages] == [2, 2, 2]
        assert len({key for page in pages for key in page}) == 6
        assert body["total"]["calls"] == 6

    async def test_ask_the_database_the_same_however_much_there_is(
        self, someone: Someone, books: Books, database: Database
    ) -> None:
        reports = UsageReports(database, books.clock)
        person = Person(someone.id, "Lena Marsh", None, frozenset())
        counts = []
        for rows in (0, 30):
            for n in range(rows):
                await books.put(someone.id, model=f"model {n}")
            with counted_statements(database) as statements:
                await reports.page(person, UsageQuery("model", "own", None, None, None, 20))
            counts.append(len(statements))

        assert counts == [2, 2]


class TestEverybodys:
    async def test_is_for_administrators_alone(self, someone: Someone, books: Books) -> None:
        answer = await someone.http.get(USAGE, params={"scope": "all"})

        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert ADMIN_ROLE in answer.json()["message"]

    async def test_adds_up_all_people(
        self, admin: httpx.AsyncClient, meet: Meet, books: Books
    ) -> None:
        people = [await meet() for _ in range(2)]
        for someone in people:
            await books.put(someone.id)
        await books.put(people[1].id)

        body = await read(admin, books, scope="all", by="person")

        assert [(item["key"], item["calls"]) for item in body["items"]] == [
            (str(people[1].id), 2),
            (str(people[0].id), 1),
        ]
        assert (body["scope"], body["total"]["calls"]) == ("all", 3)

    async def test_does_not_tell_what_others_talked_about(
        self, admin: httpx.AsyncClient, someone: Someone, shelf: Shelf, books: Books
    ) -> None:
        put = await shelf.put(someone, title="My salary")
        await books.put(someone.id, conversation_id=uuid.UUID(put))

        (item,) = (await read(admin, books, scope="all", by="conversation"))["items"]

        assert (item["key"], item["name"]) == (put, None)

    async def test_an_administrators_own_are_their_own(
        self, admin: httpx.AsyncClient, someone: Someone, books: Books
    ) -> None:
        await books.put(someone.id)

        assert (await read(admin, books))["total"] == NOTHING


class TestBadInput:
    @pytest.mark.parametrize(
        "query",
        [
            {"by": "hour"},
            {"by": ""},
            {"scope": "everybody"},
            {"from": "yesterday"},
            {"from": "2026-13-01"},
            {"from": "2026-01-02", "to": "2026-01-01"},
            {"from": "2025-01-01", "to": "2026-01-02"},
            {"from": "0001-01-01", "to": "9999-12-31"},
            {"limit": "0"},
            {"limit": "101"},
            {"cursor": "é"},
            {"cursor": "x"},
            {"cursor": cursor("not a cursor")},
            {"cursor": cursor("NaN x")},
            {"cursor": cursor("1e999999999 x")},
            {"cursor": cursor("-1 x")},
            {"cursor": cursor("٣ x")},
            {"cursor": cursor("1 \x00")},
            {"cursor": "x" * 401},
        ],
        ids=lambda query: repr(query)[:40],
    )
    async def test_is_refused_in_words(self, someone: Someone, query: dict[str, str]) -> None:
        answer = await someone.http.get(USAGE, params=query)

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")

    @pytest.mark.parametrize(
        "query",
        [
            {"to": "0001-01-01"},
            {"from": "2025-01-01", "to": "2026-01-01"},
            {"from": "9999-12-31", "to": "9999-12-31"},
            {"by": "day", "cursor": cursor("0 2026-01-01")},
            {"by": "model", "cursor": cursor("99999999999999999999.1 ")},
        ],
        ids=lambda query: repr(query)[:40],
    )
    async def test_what_is_only_unusual_is_not(
        self, someone: Someone, query: dict[str, str]
    ) -> None:
        assert (await someone.http.get(USAGE, params=query)).status_code == 200

    async def test_nobody_asks_without_signing_in(
        self, web: WebServer, bad_tokens: dict[str, str]
    ) -> None:
        async with httpx.AsyncClient(base_url=web.url) as http:
            for token in bad_tokens.values():
                answer = await http.get(USAGE, headers={"Authorization": f"Bearer {token}".strip()})
                assert answer.status_code == 401
