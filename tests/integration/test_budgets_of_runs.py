"""Money on the real way of a question: over HTTP and sockets, across processes and kills."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import pytest

from tests.fixtures.chat import TERMINAL, Frame, new_id, open_chat, run_input
from tests.fixtures.ledger import PRICES
from tests.fixtures.migrations import alembic
from tests.fixtures.rest import Meet, Someone
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration

PROCESSES = 4
REQUESTS = 100
ANSWER = "[[sandbox tokens=50 delay_ms=10]]"
LIMIT = Decimal("0.02")
"""US dollars; about thirty of the answers, at most fifteen at once."""
DEADLINE_SECONDS = 120


@pytest.fixture(scope="module")
def priced_web(start_web: StartWeb) -> Iterator[WebServer]:
    """A web process that knows what its models cost."""
    web = start_web(LLM_PRICES=PRICES)
    yield web
    web.child.stop()


class Till:
    """The ledger and the counters of a database."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def rows(self, run_id: str) -> list[asyncpg.Record]:
        return await self._connection.fetch(
            "SELECT * FROM model_calls WHERE run_id = $1::uuid AND purpose = 'chat'"
            " ORDER BY generation, call",
            run_id,
        )

    async def all(self) -> list[asyncpg.Record]:
        return await self._connection.fetch("SELECT * FROM model_calls")

    async def counters(self, scope: object) -> list[asyncpg.Record]:
        return await self._connection.fetch("SELECT * FROM budgets WHERE scope = $1", str(scope))


@pytest.fixture
async def till(database_url: str) -> AsyncIterator[Till]:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    yield Till(connection)
    await connection.close()


class TestATerminalEvent:
    async def test_says_what_the_answer_cost(
        self, priced_web: WebServer, someone: Someone, till: Till
    ) -> None:
        asked = run_input("What does it cost? [[sandbox tokens=20]]")
        async with open_chat(priced_web, someone.token) as chat:
            end = (await chat.run(asked))[-1]

        (row,) = await till.rows(asked["runId"])
        cost = end["metadata"]["cost"]
        assert Decimal(cost["amount"]) == row["cost"]
        assert row["cost"] == (row["input_tokens"] + 20 * 10) / Decimal(1_000_000)
        assert (cost["currency"], cost["isComplete"]) == ("USD", True)
        assert [(u["inputTokens"], u["outputTokens"]) for u in end["usage"]] == [
            (row["input_tokens"], 20)
        ]

    async def test_says_that_a_stopped_answer_is_estimated(
        self, priced_web: WebServer, someone: Someone
    ) -> None:
        asked = run_input("[[sandbox tokens=2000 delay_ms=20]]")
        async with open_chat(priced_web, someone.token) as chat:
            await chat.send(type="run", input=asked)
            await chat.receive_until("TEXT_MESSAGE_CONTENT")
            await chat.send(type="cancel", runId=asked["runId"])
            end = (await chat.receive_until(*TERMINAL))[-1]

        cost = end["metadata"]["cost"]
        assert Decimal(cost["amount"]) > 0
        assert not cost["isComplete"]

    async def test_holds_failed_attempts_too(self, priced_web: WebServer, someone: Someone) -> None:
        async with open_chat(priced_web, someone.token) as chat:
            end = (await chat.ask(f"{new_id()} [[sandbox tokens=9 fault=cut after=4]]"))[-1]

        assert (end["type"], end["code"]) == ("RUN_ERROR", "llm_interrupted")
        assert end["metadata"]["retryable"] is True
        assert Decimal(end["metadata"]["cost"]["amount"]) > 0
        assert not end["metadata"]["cost"]["isComplete"]

    async def test_does_not_call_the_unknown_nothing(
        self, web: WebServer, someone: Someone
    ) -> None:
        async with open_chat(web, someone.token) as chat:
            end = (await chat.ask("[[sandbox tokens=3]]"))[-1]

        assert end["metadata"]["cost"] == {"amount": None, "currency": "USD", "isComplete": False}


class TestAKilledProcess:
    async def test_leaves_its_call_on_the_ledger_and_nothing_reserved(
        self,
        start_web: StartWeb,
        priced_web: WebServer,
        someone: Someone,
        till: Till,
    ) -> None:
        doomed = start_web(LLM_PRICES=PRICES)
        asked = run_input(f"Survive {new_id()} [[sandbox tokens=60 delay_ms=50]]")
        async with open_chat(doomed, someone.token) as chat:
            await chat.send(type="run", input=asked)
            await chat.receive_until("TEXT_MESSAGE_CONTENT")
            doomed.child.kill()
        (left,) = await till.rows(asked["runId"])
        async with open_chat(priced_web, someone.token) as reader:
            end = (await reader.attach(asked["runId"]))[-1]

        dead, alive = await till.rows(asked["runId"])
        assert (left["outcome"], left["reserved"] > 0) == ("open", True)
        assert (dead["outcome"], dead["generation"]) == ("taken_over", 1)
        assert dead["is_estimate"]
        assert dead["cost"] == dead["input_tokens"] / Decimal(1_000_000)
        assert (alive["outcome"], alive["generation"]) == ("finished", 2)
        assert len(end["usage"]) == 2
        assert not end["metadata"]["cost"]["isComplete"]
        counters = await till.counters(someone.id)
        assert sum(counter["reserved"] for counter in counters) == 0


class TestABudgetThatIsUsedUp:
    async def test_ends_the_run_in_words_and_asks_no_model(
        self, start_web: StartWeb, someone: Someone, sandbox: SandboxClient, till: Till
    ) -> None:
        web = start_web(LLM_PRICES=PRICES, LLM_BUDGET_PERSON_DAY="0.000001")
        asked = run_input(f"Too dear {new_id()}")
        async with open_chat(web, someone.token) as chat:
            end = (await chat.run(asked))[-1]
        web.child.stop()

        assert (end["type"], end["code"]) == ("RUN_ERROR", "budget_exceeded")
        assert "your budget" in end["message"]
        assert "midnight UTC" in end["message"]
        assert end["metadata"]["retryable"] is False
        assert end["metadata"]["cost"] == {"amount": "0", "currency": "USD", "isComplete": True}
        assert sandbox.calls(asked["messages"][0]["content"]) == []
        assert await till.rows(asked["runId"]) == []

    async def test_is_named_at_the_start_where_it_cannot_hold(self, start_web: StartWeb) -> None:
        web = start_web(LLM_BUDGET_ALL_DAY="1")
        web.child.stop()

        lines = web.child.log.read_text().splitlines()
        entries = [json.loads(line) for line in lines if line.startswith("{")]
        unknown = [entry for entry in entries if entry.get("event") == "llm.price_unknown"]
        warned = [entry for entry in unknown if entry["level"] == "warning"]
        assert {entry["model"] for entry in warned} == {"sandbox-chat", "sandbox-small"}
        assert all("LLM_PRICES" in entry["remedy"] for entry in warned)


class TestAHardBudget:
    async def test_holds_against_a_hundred_requests_over_four_processes(
        self,
        start_web: StartWeb,
        empty_database: str,
        meet: Meet,
        sandbox: SandboxClient,
    ) -> None:
        settings = {
            "DATABASE_URL": empty_database,
            "LLM_PRICES": PRICES,
            "LLM_BUDGET_ALL_DAY": str(LIMIT),
            "LLM_MAX_OUTPUT_TOKENS": "60",
        }
        migrated = await asyncio.to_thread(alembic, "upgrade", "head", DATABASE_URL=empty_database)
        assert migrated.returncode == 0, migrated.stderr
        starting = (asyncio.to_thread(start_web, **settings) for _ in range(PROCESSES))
        servers = await asyncio.gather(*starting)
        people = [await meet() for _ in range(10)]
        mark = new_id()
        ends = await _spend_all(servers, people, mark)
        connection = await asyncpg.connect(empty_database.replace("+asyncpg", ""))
        rows = await Till(connection).all()
        counters = await Till(connection).counters("all")
        await connection.close()
        for server in servers:
            server.child.stop()

        outcomes = [end.get("code", end["type"]) for end in ends]
        assert set(outcomes) == {"RUN_FINISHED", "budget_exceeded"}
        assert len(rows) == outcomes.count("RUN_FINISHED") == len(sandbox.calls(mark))
        assert {row["outcome"] for row in rows} == {"finished"}
        # By day, as midnight may come in between.
        for counter in counters:
            spent = sum(row["cost"] for row in rows if row["day"] == counter["day"])
            assert (counter["spent"], counter["reserved"]) == (spent, 0)
            assert spent <= LIMIT
        last = max(counters, key=lambda counter: counter["day"])
        assert last["spent"] + max(row["reserved"] for row in rows) > LIMIT


async def _spend_all(
    servers: Sequence[WebServer], people: Sequence[Someone], mark: str
) -> list[Frame]:
    """Asks everywhere at once, then one by one to the last answer that the budget pays."""
    limits = httpx.Limits(max_connections=REQUESTS)
    async with httpx.AsyncClient(timeout=DEADLINE_SECONDS, limits=limits) as http:
        ends = await asyncio.gather(
            *(
                _asked(http, servers[n % PROCESSES], people[n % 10], f"{mark} {n:02} {ANSWER}")
                for n in range(REQUESTS)
            )
        )
        while True:
            ends.append(await _asked(http, servers[0], people[0], f"{mark} xx {ANSWER}"))
            if ends[-1]["type"] == "RUN_ERROR":
                return ends


async def _asked(
    http: httpx.AsyncClient, server: WebServer, person: Someone, question: str
) -> Frame:
    """Asks over HTTP; returns the terminal event."""
    answer = await http.post(
        f"{server.url}/api/agent",
        json=run_input(question),
        headers={"Authorization": f"Bearer {person.token}"},
    )
    answer.raise_for_status()
    lines = [line for line in answer.text.splitlines() if line.startswith("data:")]
    end: dict[str, Any] = json.loads(lines[-1].removeprefix("data:"))
    assert end["type"] in TERMINAL, end
    return end
