"""Long conversations: bounded prompts, few statements, and edits that reach far back."""

import asyncio
import uuid

import pytest
from sqlalchemy import select

from modules.backend.bootstrap import open_worker
from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.models import ModelCall
from modules.backend.services.chat.budget import MAX_MESSAGES
from modules.backend.services.chat.context import Context
from modules.backend.services.llm.tokens import TOKENS_PER_MESSAGE, tokens_of
from modules.backend.services.readings.wishes import left_to_rescan
from tests.fixtures.chat import new_id, open_chat, run_input
from tests.fixtures.commands import WORKER, WORKER_IS_READY, RunCommand
from tests.fixtures.rest import Shelf, Someone, counted_statements
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.fixtures.summaries import NARROW, narrow, put_summary, summaries_of

pytestmark = pytest.mark.integration

LONG, SHORT = 2_000, 20
DEADLINE = 60
QUESTION = {"id": "question", "role": "user", "content": "And now?"}
WORDS = " and some more about it" * 6


@pytest.fixture(scope="module")
def narrow_web(start_web: StartWeb) -> WebServer:
    """A web process whose prompts are soon full."""
    return start_web(LLM_CONTEXT_TOKENS=str(NARROW))


def said(count: int) -> list[str]:
    return [f"Message {n} says a little more than its number. {WORDS}" for n in range(count)]


class TestPrompt:
    @pytest.mark.parametrize("count", [SHORT, LONG])
    @pytest.mark.parametrize("summed_up", [False, True])
    async def test_takes_as_many_statements_however_long_the_conversation_is(
        self,
        settings: Settings,
        database: Database,
        shelf: Shelf,
        someone: Someone,
        count: int,
        summed_up: bool,
    ) -> None:
        put = await shelf.put(someone, *said(count), QUESTION)
        if summed_up:
            await put_summary(database, put, upto=count - 10)

        with counted_statements(database) as statements:
            prompt = await Context(database, settings.llm).prompt(uuid.UUID(put), "question")

        assert len(statements) == 2
        assert prompt[-1].content == "And now?"
        assert len(prompt) == 13 if summed_up else SHORT < len(prompt) <= MAX_MESSAGES + 1

    @pytest.mark.parametrize("letter", ["x", "权"])
    async def test_is_bounded_however_long_the_messages_are(
        self, settings: Settings, database: Database, shelf: Shelf, someone: Someone, letter: str
    ) -> None:
        put = await shelf.put(someone, *[letter * 32_000] * 100, *said(10), QUESTION)

        prompt = await Context(database, settings.llm).prompt(uuid.UUID(put), "question")

        sizes = [tokens_of(message.content) + TOKENS_PER_MESSAGE for message in prompt]
        assert sum(sizes) <= settings.llm.llm_context_tokens
        assert len(prompt) >= 12

    async def test_that_reaches_the_model_is_within_what_the_settings_say(
        self,
        web: WebServer,
        settings: Settings,
        database: Database,
        shelf: Shelf,
        someone: Someone,
    ) -> None:
        put = await shelf.put(someone, *said(LONG))
        asked = run_input("And now?", thread_id=put)
        async with open_chat(web, someone.token) as chat:
            events = await chat.run(asked)

        assert events[-1]["type"] == "RUN_FINISHED"
        statement = select(ModelCall.input_tokens).filter_by(run_id=uuid.UUID(asked["runId"]))
        async with database.read() as session:
            read = (await session.execute(statement)).scalar_one()
        assert settings.llm.llm_context_tokens // 2 < read <= settings.llm.llm_context_tokens


async def test_a_conversation_reads_and_exports_as_if_there_were_no_summary(
    shelf: Shelf, someone: Someone, database: Database
) -> None:
    put = await shelf.put(someone, *said(SHORT))
    paths = ["messages", "export", "export?format=json"]

    async def read() -> list[str]:
        answers = [await someone.http.get(f"/api/conversations/{put}/{path}") for path in paths]
        return [answer.raise_for_status().text for answer in answers]

    before = await read()
    await put_summary(database, put, upto=10, text="A summary that nobody reads.")

    assert await read() == before


class TestFolding:
    async def test_the_worker_catches_up_with_a_conversation_that_was_long_already(
        self,
        narrow_web: WebServer,
        run_command: RunCommand,
        settings_env: dict[str, str],
        sandbox: SandboxClient,
        database: Database,
        shelf: Shelf,
        someone: Someone,
    ) -> None:
        put = await shelf.put(someone, *said(80), title="Long")
        env = settings_env | {"LLM_CONTEXT_TOKENS": str(NARROW)}
        process = run_command(WORKER, env, says=WORKER_IS_READY)
        last = f"And {new_id()}?"
        async with open_chat(narrow_web, someone.token) as chat:
            await chat.ask("And now?", thread_id=put)
            await until_covered(database, put, 74)
            await chat.ask(last, thread_id=put)
        process.stop()

        [call] = sandbox.calls(last)
        # Instructions, the summary, whole turns, the question: the rest is in the summary.
        assert 4 <= call["messages"] <= 10
        chain = await summaries_of(database, put)
        assert len(chain) > 5
        assert [s.after_position for s in chain] == [0, *(s.upto_position for s in chain[:-1])]

    async def test_a_short_conversation_asks_for_none(
        self,
        narrow_web: WebServer,
        run_command: RunCommand,
        settings_env: dict[str, str],
        database: Database,
        shelf: Shelf,
        someone: Someone,
    ) -> None:
        short = await shelf.put(someone, "One?", "1.", title="Short")
        long = await shelf.put(someone, *said(12), title="Long")
        process = run_command(
            WORKER, settings_env | {"LLM_CONTEXT_TOKENS": str(NARROW)}, says=WORKER_IS_READY
        )
        async with open_chat(narrow_web, someone.token) as chat:
            await chat.ask("And now?", thread_id=short)
            await chat.ask("And now?", thread_id=long)
            await until_covered(database, long, 2)  # what was sent later has been done
        process.stop()

        assert await summaries_of(database, short) == []


class TestEditing:
    """Eight turns, of which summaries cover the first four and the first seven."""

    @pytest.fixture
    async def put(
        self, settings: Settings, database: Database, shelf: Shelf, someone: Someone
    ) -> str:
        put = await shelf.put(
            someone, *({"id": str(n), "content": text} for n, text in enumerate(said(16), start=1))
        )
        async with open_worker(narrow(settings), left_to_rescan) as worker:
            while await worker.summaries.extend(uuid.UUID(put)):
                pass
        assert [s.upto_position for s in await summaries_of(database, put)] == [8, 14]
        return put

    @pytest.mark.parametrize(
        ("change", "shown"),
        [
            ({}, ["summary", 15, 16]),
            ({"edit": "15"}, ["summary"]),
            ({"edit": "11"}, ["summary", 9, 10]),
            ({"edit": "9"}, ["summary"]),
            ({"edit": "7"}, [1, 2, 3, 4, 5, 6]),
            ({"edit": "1"}, []),
        ],
        ids=repr,
    )
    async def test_an_edit_takes_the_model_back_to_what_stands(
        self,
        narrow_web: WebServer,
        sandbox: SandboxClient,
        put: str,
        someone: Someone,
        change: dict[str, str],
        shown: list[str | int],
    ) -> None:
        question = f"And {new_id()}?"
        async with open_chat(narrow_web, someone.token) as chat:
            events = await chat.ask(question, thread_id=put, **change)

        assert events[-1]["type"] == "RUN_FINISHED"
        [call] = sandbox.calls(question)
        assert call["messages"] == 1 + len(shown) + 1

    @pytest.mark.parametrize(
        ("answer", "shown"),
        [
            ("16", ["summary"]),
            ("14", ["summary", 9, 10, 11, 12]),
            ("10", ["summary"]),
            ("8", [1, 2, 3, 4, 5, 6]),
        ],
    )
    async def test_a_new_answer_is_not_shown_a_summary_of_the_old_one(
        self,
        narrow_web: WebServer,
        sandbox: SandboxClient,
        put: str,
        someone: Someone,
        answer: str,
        shown: list[str | int],
    ) -> None:
        async with open_chat(narrow_web, someone.token) as chat:
            events = await chat.ask("", thread_id=put, regenerate=answer)

        assert events[-1]["type"] == "RUN_FINISHED"
        call = sandbox.calls(f"Message {int(answer) - 2} says")[-1]
        assert call["messages"] == 1 + len(shown) + 1


async def until_covered(database: Database, put: str, position: int) -> None:
    """Waits until a summary covers the position."""
    async with asyncio.timeout(DEADLINE):
        # The worker is another process: there is nothing here to wait for.
        while not any(
            summary.upto_position >= position for summary in await summaries_of(database, put)
        ):
            await asyncio.sleep(0.05)
