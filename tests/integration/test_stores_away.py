"""A store goes away and comes back: nothing acknowledged is lost, and the process recovers."""

import asyncio

import asyncpg
import httpx
import pytest
from redis.asyncio import Redis

from tests.fixtures.asking import TOKENS, Asking, asked
from tests.fixtures.doomed import Doomed, doomed_web
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient
from tests.fixtures.survivor import words
from tests.fixtures.tripwire import Stage, Trap

pytestmark = pytest.mark.integration

WITHOUT_LEASE_SECONDS = 6.5
"""Longer than an owner goes on without a renewal."""


async def test_start_up_waits_for_neither_store(
    start_web: StartWeb, database_url: str, redis_url: str, sandbox: SandboxClient
) -> None:
    async with doomed_web(start_web, database_url, redis_url, without_stores=True) as early:
        async with httpx.AsyncClient(base_url=early.web.url, timeout=30) as http:
            before = await http.get("/health/ready")
        for wire in early.wires.values():
            wire.restore()
        await early.ready()
        run = Asking(early.web, sandbox, asked(0))
        await run.ends_well()

    assert before.status_code == 503
    assert before.json()["checks"]["postgresql"] == "failed"
    assert before.json()["checks"]["redis"] == "failed"


class TestRedis:
    async def test_away_in_the_middle_is_read_here_from_memory(
        self, shaky: Doomed, web: WebServer, sandbox: SandboxClient
    ) -> None:
        run = Asking(shaky.web, sandbox, asked(200))
        await run.begun()
        shaky.wires["redis"].cut()
        here = await run.is_read_at(shaky.web)
        await run.ends_well()
        shaky.wires["redis"].restore()
        there = await run.is_read_at(web)

        assert here.held.events[-1] == run.client.held.events[-1]
        assert there.held.events[-1]["type"] == "RUN_FINISHED"

    async def test_that_comes_back_in_the_middle_costs_nobody_anything(
        self, shaky: Doomed, web: WebServer, sandbox: SandboxClient
    ) -> None:
        run = Asking(shaky.web, sandbox, asked())
        await run.begun()
        shaky.wires["redis"].cut()
        await asyncio.sleep(0.5)
        shaky.wires["redis"].restore()
        there = await run.is_read_at(web)
        await run.ends_well()

        assert there.held.events == run.client.held.events
        assert run.client.resets == 0

    async def test_away_from_the_start_costs_the_live_view_alone(
        self, shaky: Doomed, web: WebServer, sandbox: SandboxClient
    ) -> None:
        shaky.wires["redis"].cut()
        run = Asking(shaky.web, sandbox, asked(5))
        await run.ends_well()
        shaky.wires["redis"].restore()

        await run.is_read_at(web)

    async def test_that_lost_the_last_of_a_log_is_noticed(
        self, shaky: Doomed, web: WebServer, sandbox: SandboxClient, redis: Redis
    ) -> None:
        """As after a failover: the log is there, without its end."""
        run = Asking(shaky.web, sandbox, asked())
        await run.begun()
        await asyncio.sleep(0.5)
        log = f"icarus:state:log:{run.question['runId']}"
        (entry_id, _), *_ = await redis.xrevrange(log, count=1)
        await redis.xdel(log, entry_id)
        there = await run.is_read_at(web)
        await run.ends_well()

        assert there.held.events[-1] == run.client.held.events[-1]
        assert run.client.held.gen == 2

    async def test_out_of_memory_is_waited_for(
        self, shaky: Doomed, web: WebServer, sandbox: SandboxClient, redis: Redis
    ) -> None:
        run = Asking(shaky.web, sandbox, asked())
        await run.begun()
        await redis.config_set("maxmemory", "1")
        try:
            await asyncio.sleep(1)
        finally:
            await redis.config_set("maxmemory", "0")
        there = await run.is_read_at(web)
        await run.ends_well()

        assert there.held.events == run.client.held.events


class TestPostgres:
    async def test_away_for_a_moment_is_not_noticed(
        self, shaky: Doomed, sandbox: SandboxClient
    ) -> None:
        run = Asking(shaky.web, sandbox, asked())
        await run.begun()
        shaky.wires["postgres"].cut()
        await asyncio.sleep(1)
        shaky.wires["postgres"].restore()
        await run.ends_well()

        assert run.client.held.gen == 1

    async def test_away_past_the_lease_makes_the_answer_anew(
        self, shaky: Doomed, web: WebServer, sandbox: SandboxClient
    ) -> None:
        run = Asking(shaky.web, sandbox, asked())
        await run.begun()
        shaky.wires["postgres"].freeze()
        await asyncio.sleep(WITHOUT_LEASE_SECONDS)
        shaky.wires["postgres"].thaw()
        await run.is_read_at(web)
        await run.ends_well()

        assert run.client.held.gen == 2

    async def test_a_commit_of_the_end_that_nobody_confirmed_is_read_back(
        self, shaky: Doomed, sandbox: SandboxClient, connection: asyncpg.Connection
    ) -> None:
        await shaky.ready()
        lost = Trap((rb"UPDATE runs SET status", rb"COMMIT"), Stage.UNANSWERED, lambda: None)
        shaky.wires["postgres"].arm(lost)
        run = Asking(shaky.web, sandbox, asked(5))
        await run.ends_well()
        answers = await connection.fetch(
            "SELECT content FROM messages WHERE run_id = $1 AND role = 'assistant'",
            run.question["runId"],
        )

        assert lost.sprung.is_set()
        assert run.client.held.gen == 1
        assert [row["content"] for row in answers] == [words(TOKENS)]

    async def test_an_acceptance_that_nobody_confirmed_is_kept(
        self, shaky: Doomed, sandbox: SandboxClient
    ) -> None:
        await shaky.ready()
        lost = Trap((rb"INSERT INTO runs", rb"COMMIT"), Stage.UNANSWERED, lambda: None)
        shaky.wires["postgres"].arm(lost)
        run = Asking(shaky.web, sandbox, asked(5))
        await run.ends_well()

        assert lost.sprung.is_set()
        assert len(sandbox.calls(run.question["messages"][0]["content"])) == 1
