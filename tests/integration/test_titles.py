"""Titles: given by the worker after the first answer, told to the person's open pages."""

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from modules.backend.bootstrap import Worker, open_worker
from modules.backend.core.config import Settings
from modules.backend.core.errors import LLMRejected
from modules.backend.models import ModelCall
from modules.backend.services.readings.wishes import left_to_rescan
from tests.fixtures.chat import new_id, open_chat, run_input
from tests.fixtures.commands import WORKER, WORKER_IS_READY, RunCommand
from tests.fixtures.rest import AT, Meet, Shelf, Someone
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def worker(settings: Settings) -> AsyncIterator[Worker]:
    """A worker's services, inside the test."""
    async with open_worker(settings, left_to_rescan) as opened:
        yield opened


async def title_of(someone: Someone, conversation_id: str) -> str | None:
    answer = await someone.http.get(f"/api/conversations/{conversation_id}")
    return answer.raise_for_status().json()["title"]


async def test_the_first_answer_brings_a_title_to_the_persons_pages_alone(
    web: WebServer,
    meet: Meet,
    run_command: RunCommand,
    settings_env: dict[str, str],
) -> None:
    asking, other = await meet(), await meet()
    asked = run_input("Who approves requests for payroll access here?")
    process = run_command(WORKER, settings_env, says=WORKER_IS_READY)
    async with open_chat(web, asking.token) as page, open_chat(web, other.token) as elsewhere:
        events = await page.run(asked)
        notice = (await page.receive_until("notice"))[-1]
        await elsewhere.send(type="ping")
        heard_elsewhere = await elsewhere.receive()
    process.stop()

    assert events[-1]["type"] == "RUN_FINISHED"
    assert notice == {
        "type": "notice",
        "kind": "conversation_changed",
        "conversationId": asked["threadId"],
    }
    assert await title_of(asking, asked["threadId"]) == "Who approves requests for payroll access"
    assert heard_elsewhere == {"type": "pong"}


class TestGive:
    async def test_names_a_conversation_after_its_beginning(
        self, worker: Worker, someone: Someone, shelf: Shelf
    ) -> None:
        put = await shelf.put(someone, "Access of Lena Marsh", "SAP.", "And of Tomás?", "Jira.")

        await worker.titles.give(uuid.UUID(put))

        assert str(await title_of(someone, put)).startswith("Access of Lena Marsh")

    async def test_twice_asks_the_model_once(
        self, worker: Worker, someone: Someone, shelf: Shelf, sandbox: SandboxClient
    ) -> None:
        question = f"What is {new_id()}?"
        put = await shelf.put(someone, question)
        await worker.titles.give(uuid.UUID(put))
        title = await title_of(someone, put)
        await worker.titles.give(uuid.UUID(put))

        assert await title_of(someone, put) == title
        assert [call["model"] for call in sandbox.calls(question)] == ["sandbox-small"]

    async def test_leaves_a_title_that_the_person_chose(
        self, worker: Worker, someone: Someone, shelf: Shelf
    ) -> None:
        put = await shelf.put(someone, "What access does Lena have?", title="Mine")

        await worker.titles.give(uuid.UUID(put))

        assert await title_of(someone, put) == "Mine"

    async def test_knows_nothing_of_withdrawn_messages(
        self, worker: Worker, someone: Someone, shelf: Shelf
    ) -> None:
        withdrawn = {"content": "Marzipan or nougat or cake?", "withdrawn_at": AT}
        put = await shelf.put(
            someone, withdrawn, {"role": "user", "content": "Payroll access for Lena Marsh?"}
        )

        await worker.titles.give(uuid.UUID(put))

        assert await title_of(someone, put) == "Payroll access for Lena Marsh"

    async def test_stands_in_the_ledger(
        self, worker: Worker, someone: Someone, shelf: Shelf
    ) -> None:
        run_id = uuid.uuid4()
        put = await shelf.put(someone, {"content": "Hello there, Icarus", "run_id": run_id})

        await worker.titles.give(uuid.UUID(put))

        row = {"purpose": "title", "model": "sandbox-small", "person_id": someone.id}
        assert await shelf.count(ModelCall, run_id=run_id, **row) == 1

    async def test_a_model_that_fails_leaves_it_untitled_for_now(
        self, worker: Worker, someone: Someone, shelf: Shelf, sandbox: SandboxClient
    ) -> None:
        question = f"Payroll access for {new_id()}"
        put = await shelf.put(someone, question)
        sandbox.fault("status", status=400, match=question, model="sandbox-small")

        with pytest.raises(LLMRejected):
            await worker.titles.give(uuid.UUID(put))
        assert await title_of(someone, put) is None

        await worker.titles.give(uuid.UUID(put))
        assert str(await title_of(someone, put)).startswith("Payroll access for")

    @pytest.mark.parametrize("words", [(), ("",)], ids=["no message", "an empty message"])
    async def test_nothing_said_has_no_title(
        self, worker: Worker, someone: Someone, shelf: Shelf, words: tuple[str, ...]
    ) -> None:
        put = await shelf.put(someone, *words)
        await worker.titles.give(uuid.UUID(put))

    async def test_a_conversation_that_is_gone_is_no_error(self, worker: Worker) -> None:
        await worker.titles.give(uuid.uuid4())
