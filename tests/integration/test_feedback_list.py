"""Everybody's feedback over REST: for administrators alone."""

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from modules.backend.schemas.feedback import FeedbackIn
from modules.backend.services.feedback import AnswerFeedback, FeedbackQuery
from tests.fixtures.chat import new_id
from tests.fixtures.clock import FakeClock
from tests.fixtures.feedback import answered, as_person, withdraw
from tests.fixtures.ledger import Books
from tests.fixtures.rest import Meet, Shelf, Someone, counted_statements
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

FEEDBACK = "/api/feedback"


@pytest_asyncio.fixture
async def admin(web: WebServer, sandbox: SandboxClient) -> AsyncIterator[httpx.AsyncClient]:
    token = sandbox.token("admin", claims=json.dumps({"oid": new_id()}))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=web.url, headers=headers, timeout=30) as client:
        yield client


async def given(books: Books, shelf: Shelf, owner: Someone, *ratings: tuple[str, int]) -> list[str]:
    """Ratings on answers of somebody's, each so many hours before now. Returns the answers."""
    _, answers = await answered(shelf, owner, len(ratings))
    for answer_id, (rating, hours) in zip(answers, ratings, strict=True):
        clock = FakeClock()
        clock.advance((books.clock.now() - clock.now()).total_seconds() - hours * 3_600)
        said = FeedbackIn.model_validate({"rating": rating, "comment": f"{hours} hours"})
        await AnswerFeedback(books.database, clock).give(as_person(owner), answer_id, said)
    return answers


async def read(http: httpx.AsyncClient, today: date, **query: Any) -> dict[str, Any]:
    """What was given on the test's own days."""
    days = {"from": today - timedelta(days=5), "to": today}
    params = {name: str(value) for name, value in (days | query).items()}
    body: dict[str, Any] = (await http.get(FEEDBACK, params=params)).raise_for_status().json()
    return body


async def test_is_for_administrators_alone_and_recorded(
    admin: httpx.AsyncClient, someone: Someone
) -> None:
    refused = await someone.http.get(FEEDBACK)
    seen = await admin.get(FEEDBACK)
    which = {"kind": "admin.viewed", "personId": (await admin.get("/api/me")).json()["id"]}
    records = (await admin.get("/api/audit", params=which)).json()["items"]

    assert (refused.status_code, refused.json()["code"]) == (403, "admin_only")
    assert seen.status_code == 200
    assert FEEDBACK in {record["details"]["what"] for record in records}


async def test_is_listed_newest_first_and_counted_by_day(
    admin: httpx.AsyncClient, meet: Meet, shelf: Shelf, books: Books
) -> None:
    lena, omar = await meet(), await meet()
    first = await given(books, shelf, lena, ("up", 12), ("down", 1), ("down", 25))
    second = await given(books, shelf, omar, ("up", 13), ("down", 24 * 6))

    body = await read(admin, books.today)

    yesterday = books.today - timedelta(days=1)
    assert [item["messageId"] for item in body["items"]] == [
        first[1],
        first[0],
        second[0],
        first[2],
    ]
    assert body["days"] == [
        {"day": str(books.today), "up": 1, "down": 1},
        {"day": str(yesterday), "up": 1, "down": 1},
    ]
    assert (body["from"], body["to"]) == (
        str(books.today - timedelta(days=5)),
        str(books.today),
    )
    newest = body["items"][0]
    assert newest.pop("conversationId")
    assert newest.pop("givenAt")
    assert newest == {
        "messageId": first[1],
        "personId": str(lena.id),
        "rating": "down",
        "comment": "1 hours",
        "provider": None,
        "model": None,
    }


async def test_can_be_of_one_kind(
    admin: httpx.AsyncClient, someone: Someone, shelf: Shelf, books: Books
) -> None:
    answers = await given(books, shelf, someone, ("up", 1), ("down", 2), ("up", 3))

    body = await read(admin, books.today, rating="down")

    assert [item["messageId"] for item in body["items"]] == [answers[1]]
    assert body["days"] == [{"day": str(books.today), "up": 2, "down": 1}]


async def test_goes_on_behind_the_cursor_even_at_equal_times(
    admin: httpx.AsyncClient, someone: Someone, shelf: Shelf, books: Books
) -> None:
    answers = await given(books, shelf, someone, *[("up", 1)] * 5, ("down", 2))
    pages: list[list[str]] = []
    query: dict[str, Any] = {"limit": 2}
    while "cursor" not in query or query["cursor"]:
        body = await read(admin, books.today, **query)
        pages.append([item["messageId"] for item in body["items"]])
        query["cursor"] = body["nextCursor"]

    assert [len(page) for page in pages] == [2, 2, 2]
    assert sorted(i for page in pages for i in page) == sorted(answers)
    assert pages[-1][-1] == answers[-1]


async def test_keeps_what_was_said_of_an_answer_that_was_made_again(
    admin: httpx.AsyncClient,
    someone: Someone,
    shelf: Shelf,
    books: Books,
) -> None:
    (answer_id,) = await given(books, shelf, someone, ("down", 1))
    await withdraw(books.database, answer_id)

    (item,) = (await read(admin, books.today))["items"]

    assert item["messageId"] == answer_id


async def test_takes_two_statements_however_much_there_is(
    someone: Someone, shelf: Shelf, books: Books
) -> None:
    service = AnswerFeedback(books.database, books.clock)
    counts = []
    for count in (0, 30):
        await given(books, shelf, someone, *[("up", n) for n in range(count)])
        with counted_statements(books.database) as statements:
            await service.page(FeedbackQuery(None, None, None, None, 20))
        counts.append(len(statements))

    assert counts == [2, 2]


async def test_is_of_the_last_thirty_days_unless_told(admin: httpx.AsyncClient) -> None:
    body = (await admin.get(FEEDBACK)).json()
    first, last = date.fromisoformat(body["from"]), date.fromisoformat(body["to"])

    assert (last - first).days == 29


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"rating": "sideways"}, 422),
        ({"from": "2026-01-02", "to": "2026-01-01"}, 422),
        ({"from": "2025-01-01", "to": "2026-01-02"}, 422),
        ({"limit": "0"}, 422),
        ({"limit": "101"}, 422),
        ({"cursor": "x"}, 422),
        ({"cursor": "é"}, 422),
        ({"to": "0001-01-01"}, 200),
        ({"from": "9999-12-31", "to": "9999-12-31"}, 200),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_odd_questions_are_answered_in_words(
    admin: httpx.AsyncClient, query: dict[str, str], status: int
) -> None:
    answer = await admin.get(FEEDBACK, params=query)

    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "invalid_input"
