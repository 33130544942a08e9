"""Conversations over REST: what a person sees of their own, and nobody of another's."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.redis import RedisStores
from modules.backend.models import Message, ModelCall, Run
from modules.backend.services.chat.bells import Bells
from modules.backend.services.conversations import Conversations
from modules.backend.services.people import Person
from tests.fixtures.chat import new_id, open_chat, run_input, text_of
from tests.fixtures.rest import AT, LIST, Meet, Shelf, Someone, counted_statements, listed
from tests.fixtures.servers import WebServer

pytestmark = pytest.mark.integration


class TestRename:
    async def test_keeps_everything_but_the_title(self, someone: Someone, shelf: Shelf) -> None:
        put = await shelf.put(someone, title="Before")
        before = (await someone.http.get(f"{LIST}/{put}")).json()

        answer = await someone.http.patch(f"{LIST}/{put}", json={"title": "  Zugriff – 🌍 "})

        assert answer.json() == before | {"title": "Zugriff – 🌍"}
        assert (await someone.http.get(f"{LIST}/{put}")).json() == answer.json()

    async def test_a_title_has_200_characters_at_most(self, someone: Someone, shelf: Shelf) -> None:
        put = await shelf.put(someone)

        answer = await someone.http.patch(f"{LIST}/{put}", json={"title": "🌍" * 200})

        assert answer.json()["title"] == "🌍" * 200

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"title": None},
            {"title": 7},
            {"title": ""},
            {"title": " \n"},
            {"title": "x" * 201},
            {"title": "NUL \x00"},
            ["title"],
        ],
        ids=lambda body: repr(body)[:20],
    )
    async def test_a_title_out_of_bounds_is_refused(
        self, someone: Someone, shelf: Shelf, body: Any
    ) -> None:
        put = await shelf.put(someone, title="Before")

        answer = await someone.http.patch(f"{LIST}/{put}", json=body)

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
        assert (await someone.http.get(f"{LIST}/{put}")).json()["title"] == "Before"

    async def test_tells_the_persons_open_pages(
        self, web: WebServer, someone: Someone, shelf: Shelf
    ) -> None:
        put = await shelf.put(someone)
        async with open_chat(web, someone.token) as chat:
            await someone.http.patch(f"{LIST}/{put}", json={"title": "After"})
            notice = await chat.receive(notices=True)

        assert notice == {
            "type": "notice",
            "kind": "conversation_changed",
            "conversationId": put,
        }


class TestDelete:
    async def test_takes_all_but_the_ledger(
        self, web: WebServer, someone: Someone, shelf: Shelf
    ) -> None:
        asked = run_input("[[sandbox tokens=3]]")
        thread_id, run_id = asked["threadId"], asked["runId"]
        async with open_chat(web, someone.token) as chat:
            await chat.run(asked)
            answer = await someone.http.delete(f"{LIST}/{thread_id}")
            await chat.receive_until("notice")
            attached = await chat.attach(run_id)

        assert (answer.status_code, answer.content) == (204, b"")
        assert [frame["code"] for frame in attached] == ["run_not_found"]
        assert await listed(someone) == []
        assert await shelf.count(Message, conversation_id=uuid.UUID(thread_id)) == 0
        assert await shelf.count(Run, conversation_id=uuid.UUID(thread_id)) == 0
        assert await shelf.count(ModelCall, run_id=uuid.UUID(run_id)) == 1

    async def test_twice_finds_nothing(self, someone: Someone, shelf: Shelf) -> None:
        put = await shelf.put(someone)
        await someone.http.delete(f"{LIST}/{put}")

        assert (await someone.http.delete(f"{LIST}/{put}")).status_code == 404

    async def test_leaves_the_others(self, someone: Someone, shelf: Shelf) -> None:
        kept, put = await shelf.put(someone, "kept"), await shelf.put(someone)
        await someone.http.delete(f"{LIST}/{put}")

        assert await listed(someone) == [kept]
        assert len((await someone.http.get(f"{LIST}/{kept}/messages")).json()) == 1


class TestMessages:
    async def test_are_what_was_said(self, web: WebServer, someone: Someone) -> None:
        asked = run_input("Hello [[sandbox tokens=3]]")
        async with open_chat(web, someone.token) as chat:
            events = await chat.run(asked)
        answer_id = next(e["messageId"] for e in events if "messageId" in e)

        answer = await someone.http.get(f"{LIST}/{asked['threadId']}/messages")

        question, reply = answer.json()
        times = question.pop("createdAt"), reply.pop("createdAt")
        same = {"runId": asked["runId"], "status": "complete", "error": None, "steps": None}
        same |= {"feedback": None}
        text = asked["messages"][0]
        assert question == {"id": text["id"], "role": "user", "content": text["content"]} | same
        assert reply == {"id": answer_id, "role": "assistant", "content": text_of(events)} | same
        assert times[0] <= times[1]
        assert {datetime.fromisoformat(time).utcoffset() for time in times} == {timedelta(0)}

    async def test_say_why_an_answer_is_not_whole(self, web: WebServer, someone: Someone) -> None:
        asked = run_input("[[sandbox tokens=9 fault=cut]]")
        async with open_chat(web, someone.token) as chat:
            events = await chat.run(asked)

        answer = await someone.http.get(f"{LIST}/{asked['threadId']}/messages")

        reply = answer.json()[1]
        assert (reply["status"], reply["content"]) == ("failed", text_of(events))
        assert reply["error"] == {
            "code": "llm_interrupted",
            "message": events[-1]["message"],
            "retryable": True,
            "retryAfterSeconds": None,
        }

    async def test_that_were_withdrawn_are_not_shown(self, someone: Someone, shelf: Shelf) -> None:
        withdrawn = {"content": "before", "role": "user", "withdrawn_at": AT}
        put = await shelf.put(someone, withdrawn, {"content": "after", "role": "user"})

        answer = await someone.http.get(f"{LIST}/{put}/messages")

        assert [message["content"] for message in answer.json()] == ["after"]

    async def test_may_be_none(self, someone: Someone, shelf: Shelf) -> None:
        put = await shelf.put(someone)

        assert (await someone.http.get(f"{LIST}/{put}/messages")).json() == []


class TestExport:
    async def test_is_markdown(self, someone: Someone, shelf: Shelf) -> None:
        put = await shelf.put(someone, "What do I have?", "- **SAP** – 🌍", title="Zugriff")

        answer = await someone.http.get(f"{LIST}/{put}/export")

        assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="conversation.md"'
        assert answer.text == (
            "# Zugriff\n\n---\n\n"
            "**You**, 2026-01-05 12:00 UTC\n\nWhat do I have?\n\n---\n\n"
            "**Icarus**, 2026-01-05 12:00 UTC\n\n- **SAP** – 🌍\n"
        )

    async def test_is_json(self, someone: Someone, shelf: Shelf) -> None:
        put = await shelf.put(someone, "What do I have?", "SAP.", title="My access")
        messages = (await someone.http.get(f"{LIST}/{put}/messages")).json()

        answer = await someone.http.get(f"{LIST}/{put}/export", params={"format": "json"})

        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["content-disposition"] == 'attachment; filename="conversation.json"'
        assert answer.json() == {
            "id": put,
            "title": "My access",
            "createdAt": "2026-01-05T12:00:00Z",
            "messages": messages,
        }

    async def test_in_another_format_is_refused(self, someone: Someone, shelf: Shelf) -> None:
        put = await shelf.put(someone)

        answer = await someone.http.get(f"{LIST}/{put}/export", params={"format": "pdf"})

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"title": "Mine now"}),
        ("DELETE", "", None),
        ("GET", "/messages", None),
        ("GET", "/export", None),
        ("GET", "/export?format=json", None),
    ],
)
async def test_anothers_conversation_is_not_there(
    someone: Someone, meet: Meet, shelf: Shelf, method: str, path: str, body: Any
) -> None:
    other = await meet()
    put = await shelf.put(other, "secret", title="Theirs")

    theirs = await someone.http.request(method, f"{LIST}/{put}{path}", json=body)
    nobodys = await someone.http.request(method, f"{LIST}/{new_id()}{path}", json=body)

    assert (theirs.status_code, theirs.json()["code"]) == (404, "conversation_not_found")
    assert theirs.json() == nobodys.json()
    assert (await other.http.get(f"{LIST}/{put}")).json()["title"] == "Theirs"


@pytest.mark.parametrize("count", [1, 60])
async def test_reading_takes_few_statements_however_much_there_is(
    someone: Someone, shelf: Shelf, settings: Settings, database: Database, count: int
) -> None:
    for _ in range(count):
        put = await shelf.put(someone, *["payroll"] * count)
    service = Conversations(database, Bells(RedisStores(settings.redis)))
    person = Person(someone.id, "Lena", None, frozenset())
    reads = {
        "list": lambda: service.page(person, search=None, cursor=None, limit=100),
        "search": lambda: service.page(person, search="payroll", cursor=None, limit=100),
        "messages": lambda: service.messages(person, uuid.UUID(put)),
        "export": lambda: service.export(person, uuid.UUID(put)),
    }
    taken = {}
    for name, read in reads.items():
        with counted_statements(database) as statements:
            await read()
        taken[name] = len(statements)

    assert taken == {"list": 1, "search": 1, "messages": 1, "export": 2}
