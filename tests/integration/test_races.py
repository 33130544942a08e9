"""Races have one outcome, the one that the person was told. At length: `tests/chaos`."""

import random

import asyncpg
import pytest

from modules.backend.core.database import Database
from tests.fixtures.doomed import doomed_web
from tests.fixtures.races import Tabs, cancel_against_kill
from tests.fixtures.rest import Someone
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


async def test_cancel_against_a_kill(
    start_web: StartWeb, web: WebServer, sandbox: SandboxClient, database_url: str, redis_url: str
) -> None:
    token = sandbox.token("employee")
    pool = await asyncpg.create_pool(database_url.replace("+asyncpg", ""), min_size=0, max_size=2)
    async with doomed_web(start_web, database_url, redis_url) as doomed:
        told = await cancel_against_kill(doomed, web, token, pool, random.Random(5), runs=8)
    await pool.close()

    assert len(told) == 8


async def test_two_tabs_answer_one_interrupt(
    web: WebServer, other_web: WebServer, database: Database, someone: Someone
) -> None:
    tabs = Tabs(someone.id, someone.token, (web, other_web))
    for seed in range(5):
        said, refused = await tabs.answer_one_interrupt(database, random.Random(seed))

        assert said in ("confirmed", "declined")
        assert refused in ("proposal_decided", "conversation_busy")
