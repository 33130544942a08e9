"""The list of conversations over REST: its order, its pages, its search."""

import base64
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.fixtures.chat import TERMINAL, open_chat, run_input
from tests.fixtures.rest import AT, LIST, Meet, Shelf, Someone, listed
from tests.fixtures.servers import WebServer

pytestmark = pytest.mark.integration


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


class TestList:
    async def test_begins_empty(self, someone: Someone) -> None:
        answer = await someone.http.get(LIST)

        assert answer.json() == {"items": [], "nextCursor": None}

    async def test_is_newest_first(self, someone: Someone, shelf: Shelf) -> None:
        ages = {days: AT - timedelta(days=days) for days in (2, 0, 1)}
        ids = {days: await shelf.put(someone, updated_at=at) for days, at in ages.items()}

        assert await listed(someone) == [ids[0], ids[1], ids[2]]

    async def test_shows_what_the_protocol_says(self, someone: Someone, shelf: Shelf) -> None:
        updated = datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
        put = await shelf.put(someone, title="My access", updated_at=updated)

        (shown,) = (await someone.http.get(LIST)).json()["items"]

        assert shown == {
            "id": put,
            "title": "My access",
            "createdAt": "2026-01-05T12:00:00Z",
            "updatedAt": "2026-02-03T04:05:06.000789Z",
            "activeRunId": None,
        }
        assert (await someone.http.get(f"{LIST}/{put}")).json() == shown

    async def test_goes_on_behind_the_cursor_even_at_equal_times(
        self, someone: Someone, shelf: Shelf
    ) -> None:
        put = {await shelf.put(someone, updated_at=AT) for _ in range(7)}
        pages, query = [], {"limit": "3"}
        while True:
            page = (await someone.http.get(LIST, params=query)).json()
            pages.append([item["id"] for item in page["items"]])
            if page["nextCursor"] is None:
                break
            query["cursor"] = page["nextCursor"]

        assert [len(page) for page in pages] == [3, 3, 1]
        assert {seen for page in pages for seen in page} == put

    async def test_a_full_last_page_has_no_cursor(self, someone: Someone, shelf: Shelf) -> None:
        for _ in range(2):
            await shelf.put(someone)
        page = (await someone.http.get(LIST, params={"limit": 2})).json()

        assert (len(page["items"]), page["nextCursor"]) == (2, None)

    async def test_has_thirty_unless_told(self, someone: Someone, shelf: Shelf) -> None:
        for _ in range(31):
            await shelf.put(someone)

        assert len(await listed(someone)) == 30
        assert len(await listed(someone, limit=100)) == 31

    @pytest.mark.parametrize("limit", ["0", "101", "-1", "many", ""])
    async def test_a_limit_out_of_bounds_is_refused(self, someone: Someone, limit: str) -> None:
        answer = await someone.http.get(LIST, params={"limit": limit})

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")

    @pytest.mark.parametrize(
        "text",
        [
            "x",
            "é",
            cursor("not a cursor"),
            cursor(f"2026-01-05T12:00:00 {uuid.UUID(int=1)}"),
            cursor("2026-01-05T12:00:00+00:00 1"),
            cursor(f"9999-12-31T23:59:59-23:59 {uuid.UUID(int=1)}"),
            "x" * 201,
        ],
        ids=lambda text: text[-12:],
    )
    async def test_a_cursor_of_somebodys_own_making_is_refused(
        self, someone: Someone, text: str
    ) -> None:
        answer = await someone.http.get(LIST, params={"cursor": text})

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")

    async def test_shows_the_answer_that_is_being_written(
        self, web: WebServer, someone: Someone
    ) -> None:
        asked = run_input("[[sandbox tokens=500 delay_ms=20]]")
        async with open_chat(web, someone.token) as chat:
            await chat.send(type="run", input=asked)
            await chat.receive_until("RUN_STARTED")
            during = (await someone.http.get(LIST)).json()["items"]
            await chat.send(type="cancel", runId=asked["runId"])
            await chat.receive_until(*TERMINAL)
        after = (await someone.http.get(LIST)).json()["items"]

        assert [item["activeRunId"] for item in during] == [asked["runId"]]
        assert [item["activeRunId"] for item in after] == [None]


class TestSearch:
    async def test_finds_titles_and_messages_in_any_case(
        self, someone: Someone, shelf: Shelf
    ) -> None:
        by_title = await shelf.put(someone, title="Payroll access")
        by_question = await shelf.put(someone, "Who approves PAYROLL?", title="Approvals")
        by_answer = await shelf.put(someone, "Who?", "The payroll team.", updated_at=AT)
        await shelf.put(someone, "What is Jira?", title="Jira")

        assert set(await listed(someone, query="payRoll")) == {by_title, by_question, by_answer}

    @pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"', "/"])
    async def test_takes_every_sign_as_it_is(
        self, someone: Someone, shelf: Shelf, sign: str
    ) -> None:
        in_title = await shelf.put(someone, title=f"50{sign}50")
        in_message = await shelf.put(someone, f"It says 50{sign}50 there")
        await shelf.put(someone, "50x50", title="5050")

        assert set(await listed(someone, query=f"0{sign}5")) == {in_title, in_message}

    async def test_withdrawn_messages_are_not_found(self, someone: Someone, shelf: Shelf) -> None:
        await shelf.put(someone, {"content": "payroll", "withdrawn_at": AT})

        assert await listed(someone, query="payroll") == []

    async def test_what_others_said_is_not_found(
        self, someone: Someone, meet: Meet, shelf: Shelf
    ) -> None:
        await shelf.put(await meet(), "payroll", title="payroll")

        assert await listed(someone, query="payroll") == []

    async def test_goes_on_behind_a_cursor(self, someone: Someone, shelf: Shelf) -> None:
        found = {await shelf.put(someone, title="payroll") for _ in range(3)}
        for _ in range(3):
            await shelf.put(someone, title="another")
        first = (await someone.http.get(LIST, params={"query": "payroll", "limit": 2})).json()
        rest = await listed(someone, query="payroll", cursor=first["nextCursor"])

        assert {item["id"] for item in first["items"]} | set(rest) == found

    async def test_for_nothing_is_the_whole_list(self, someone: Someone, shelf: Shelf) -> None:
        put = await shelf.put(someone)

        assert await listed(someone, query="") == [put]

    @pytest.mark.parametrize("query", ["x" * 201, "a\x00b"], ids=["too long", "NUL"])
    async def test_for_the_impossible_is_refused(self, someone: Someone, query: str) -> None:
        answer = await someone.http.get(LIST, params={"query": query})

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
