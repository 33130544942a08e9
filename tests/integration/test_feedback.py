"""What people say of answers: stored, replaced, taken back, gone with the answer."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.instruments import Attributes
from modules.backend.core.redis import RedisStores
from modules.backend.core.settings import RetentionSettings
from modules.backend.models import Feedback
from modules.backend.schemas.feedback import FeedbackIn
from modules.backend.services import feedback as feedback_module
from modules.backend.services.chat.bells import Bells
from modules.backend.services.conversations import Conversations
from modules.backend.services.feedback import AnswerFeedback
from modules.backend.services.retention import Retention
from tests.fixtures.chat import new_id, open_chat, run_input
from tests.fixtures.clock import FakeClock
from tests.fixtures.feedback import answered, as_person, withdraw
from tests.fixtures.rest import Meet, Shelf, Someone, counted_statements
from tests.fixtures.servers import WebServer

pytestmark = pytest.mark.integration

FEEDBACK = "/api/feedback"
PRIVATE = "Zanzibar eleven"


async def shown(owner: Someone, conversation_id: str) -> list[dict[str, Any] | None]:
    """What each message is shown with."""
    answer = await owner.http.get(f"/api/conversations/{conversation_id}/messages")
    return [message["feedback"] for message in answer.raise_for_status().json()]


class TestGive:
    async def test_is_shown_with_its_answer(self, someone: Someone, shelf: Shelf) -> None:
        put, (first, second) = await answered(shelf, someone, 2)
        body = {"rating": "down", "comment": "  Not my role – 🌍\n"}

        answer = await someone.http.put(f"{FEEDBACK}/{second}", json=body)

        given = answer.raise_for_status().json()
        assert given.pop("givenAt")
        assert given == {"rating": "down", "comment": "Not my role – 🌍"}
        assert await shown(someone, put) == [None, None, None, answer.json()]
        assert first != second

    async def test_takes_the_place_of_what_was_said_before(
        self, someone: Someone, shelf: Shelf
    ) -> None:
        put, (answer_id,) = await answered(shelf, someone)
        address = f"{FEEDBACK}/{answer_id}"
        await someone.http.put(address, json={"rating": "down", "comment": "Wrong"})

        later = (await someone.http.put(address, json={"rating": "up"})).json()

        assert (later["rating"], later["comment"]) == ("up", None)
        assert await shown(someone, put) == [None, later]
        assert await shelf.count(Feedback, message_id=answer_id) == 1

    async def test_said_again_changes_nothing(self, someone: Someone, shelf: Shelf) -> None:
        _, (answer_id,) = await answered(shelf, someone)
        body = {"rating": "down", "comment": "Wrong"}

        answers = [await someone.http.put(f"{FEEDBACK}/{answer_id}", json=body) for _ in range(2)]

        assert answers[0].json() == answers[1].json()

    async def test_many_at_once_leave_one(self, someone: Someone, shelf: Shelf) -> None:
        put, (answer_id,) = await answered(shelf, someone)
        bodies = [
            {"rating": rating, "comment": str(n)} for n in range(5) for rating in ("up", "down")
        ]

        answers = await asyncio.gather(
            *(someone.http.put(f"{FEEDBACK}/{answer_id}", json=body) for body in bodies)
        )

        assert {answer.status_code for answer in answers} == {200}
        assert await shelf.count(Feedback, message_id=answer_id) == 1
        (_, left) = await shown(someone, put)
        assert left in [answer.json() for answer in answers]

    @pytest.mark.parametrize(
        ("comment", "stored"),
        [("🌍" * 2_000, "🌍" * 2_000), (" " * 3_000, None), ("", None), (None, None)],
        ids=["full", "blank", "empty", "null"],
    )
    async def test_a_comment_may_be_left_out(
        self, someone: Someone, shelf: Shelf, comment: str | None, stored: str | None
    ) -> None:
        _, (answer_id,) = await answered(shelf, someone)

        answer = await someone.http.put(
            f"{FEEDBACK}/{answer_id}", json={"rating": "up", "comment": comment}
        )

        assert answer.raise_for_status().json()["comment"] == stored

    @pytest.mark.parametrize(
        ("body", "place"),
        [
            ({}, "rating"),
            ({"rating": None}, "rating"),
            ({"rating": "sideways"}, "rating"),
            ({"rating": "up", "comment": 7}, "comment"),
            ({"rating": "up", "comment": "x" * 2_001}, "comment"),
            ({"rating": "up", "comment": "NUL \x00"}, "comment"),
            (["up"], "The body"),
        ],
        ids=lambda value: repr(value)[:30],
    )
    async def test_what_is_out_of_bounds_is_refused_in_words(
        self, someone: Someone, shelf: Shelf, body: Any, place: str
    ) -> None:
        _, (answer_id,) = await answered(shelf, someone)

        answer = await someone.http.put(f"{FEEDBACK}/{answer_id}", json=body)

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
        assert answer.json()["message"].startswith(f"{place}: ")
        assert await shelf.count(Feedback, message_id=answer_id) == 0

    async def test_the_log_does_not_hold_what_was_said(
        self, web: WebServer, someone: Someone, shelf: Shelf
    ) -> None:
        _, (answer_id,) = await answered(shelf, someone)
        bodies = [{"rating": "down", "comment": PRIVATE}, {"rating": PRIVATE, "comment": PRIVATE}]
        for body in bodies:
            await someone.http.put(f"{FEEDBACK}/{answer_id}", json=body)

        assert PRIVATE not in web.child.log.read_text()


@pytest.mark.parametrize(("method", "body"), [("PUT", {"rating": "up"}), ("DELETE", None)])
async def test_only_ones_own_answers_are_there(
    someone: Someone, meet: Meet, shelf: Shelf, database: Database, method: str, body: Any
) -> None:
    other = await meet()
    _, (theirs,) = await answered(shelf, other)
    _, (withdrawn,) = await answered(shelf, someone)
    await withdraw(database, withdrawn)
    question = new_id()
    await shelf.put(someone, {"id": question, "content": "Why?", "role": "user"})
    for message_id in (theirs, withdrawn, question, new_id()):
        answer = await someone.http.request(method, f"{FEEDBACK}/{message_id}", json=body)

        assert (answer.status_code, answer.json()["code"]) == (404, "message_not_found")
    assert await shelf.count(Feedback, message_id=theirs) == 0


class TestTakeBack:
    async def test_leaves_nothing_however_often(self, someone: Someone, shelf: Shelf) -> None:
        put, (answer_id,) = await answered(shelf, someone)
        await someone.http.put(f"{FEEDBACK}/{answer_id}", json={"rating": "up"})

        answers = [await someone.http.delete(f"{FEEDBACK}/{answer_id}") for _ in range(2)]

        assert [(a.status_code, a.content) for a in answers] == [(204, b"")] * 2
        assert await shown(someone, put) == [None, None]


class TestGoes:
    async def test_with_the_conversation(self, someone: Someone, shelf: Shelf) -> None:
        put, (answer_id,) = await answered(shelf, someone)
        await someone.http.put(f"{FEEDBACK}/{answer_id}", json={"rating": "up"})

        await someone.http.delete(f"/api/conversations/{put}")

        assert await shelf.count(Feedback, message_id=answer_id) == 0

    async def test_with_its_person(self, someone: Someone, shelf: Shelf) -> None:
        _, (answer_id,) = await answered(shelf, someone)
        await someone.http.put(
            f"{FEEDBACK}/{answer_id}", json={"rating": "down", "comment": PRIVATE}
        )

        assert (await someone.http.delete("/api/me")).status_code == 204
        assert await shelf.count(Feedback, message_id=answer_id) == 0

    async def test_with_what_is_kept_no_longer(
        self, someone: Someone, shelf: Shelf, database: Database, clock: FakeClock
    ) -> None:
        clock.advance(timedelta(days=-20 * 365).total_seconds())
        answer_id = new_id()
        old = clock.now() - timedelta(days=31)
        said = {"id": answer_id, "content": "So.", "role": "assistant"}
        await shelf.put(someone, "Why?", said, updated_at=old)
        await someone.http.put(f"{FEEDBACK}/{answer_id}", json={"rating": "up"})
        kept = RetentionSettings(retention_conversation_days=30)
        await Retention(database, kept, clock).delete_old_conversations()

        assert await shelf.count(Feedback, message_id=answer_id) == 0


async def test_all_of_ones_own_is_in_the_file_of_ones_data(
    someone: Someone, meet: Meet, shelf: Shelf, database: Database
) -> None:
    other = await meet()
    _, (theirs,) = await answered(shelf, other)
    await other.http.put(f"{FEEDBACK}/{theirs}", json={"rating": "up", "comment": "Not mine"})
    put, (first, again) = await answered(shelf, someone, 2)
    for answer_id in (first, again):
        await someone.http.put(
            f"{FEEDBACK}/{answer_id}", json={"rating": "down", "comment": PRIVATE}
        )
    await withdraw(database, again)

    exported = (await someone.http.get("/api/me/export")).raise_for_status().json()

    assert {entry["messageId"] for entry in exported["feedback"]} == {first, again}
    for entry in exported["feedback"]:
        assert (entry["conversationId"], entry["rating"]) == (put, "down")
        assert (entry["comment"], bool(entry["givenAt"])) == (PRIVATE, True)


async def test_reading_a_conversation_takes_one_statement_however_much_was_said(
    someone: Someone, shelf: Shelf, settings: Settings, database: Database
) -> None:
    put, answers = await answered(shelf, someone, 20)
    for answer_id in answers:
        await someone.http.put(f"{FEEDBACK}/{answer_id}", json={"rating": "up"})
    service = Conversations(database, Bells(RedisStores(settings.redis)))
    with counted_statements(database) as statements:
        found = await service.messages(as_person(someone), uuid.UUID(put))

    assert len([m for m in found if m.feedback is not None]) == 20
    assert len(statements) == 1


class TestCounting:
    @pytest.fixture
    def counted(self, monkeypatch: pytest.MonkeyPatch) -> list[Attributes | None]:
        """What is counted, instead of the instrument."""
        seen: list[Attributes | None] = []

        class Noted:
            def add(self, _amount: int, attributes: Attributes | None = None) -> None:
                seen.append(attributes)

        monkeypatch.setattr(feedback_module, "FEEDBACK_RATINGS", Noted())
        return seen

    async def test_a_rating_counts_for_the_model_once_until_it_changes(
        self,
        web: WebServer,
        someone: Someone,
        database: Database,
        clock: FakeClock,
        counted: list[Attributes | None],
    ) -> None:
        async with open_chat(web, someone.token) as chat:
            events = await chat.run(run_input("[[sandbox tokens=1]]"))
        answer_id = next(e["messageId"] for e in events if "messageId" in e)
        service = AnswerFeedback(database, clock)
        for rating, comment in (("up", None), ("up", None), ("down", None), ("down", "Wrong")):
            said = FeedbackIn.model_validate({"rating": rating, "comment": comment})
            await service.give(as_person(someone), answer_id, said)

        made_by = {"gen_ai.provider.name": "openai", "gen_ai.request.model": "sandbox-chat"}
        assert counted == [{"rating": "up"} | made_by, {"rating": "down"} | made_by]
        async with database.read() as session:
            statement = select(Feedback).where(Feedback.message_id == answer_id)
            stored = (await session.execute(statement)).scalar_one()
        assert (stored.provider, stored.model) == ("openai", "sandbox-chat")

    async def test_an_answer_whose_model_nobody_knows_counts_too(
        self,
        someone: Someone,
        shelf: Shelf,
        database: Database,
        clock: FakeClock,
        counted: list[Attributes | None],
    ) -> None:
        _, (answer_id,) = await answered(shelf, someone)
        said = FeedbackIn(rating="down")
        await AnswerFeedback(database, clock).give(as_person(someone), answer_id, said)

        assert counted == [{"rating": "down"}]
