"""A deployment: both web processes are replaced, three times, while people are at work."""

from functools import partial

import pytest

from tests.chaos.conftest import Table, percentile
from tests.fixtures.restarts import Fleet, rolling_restart
from tests.fixtures.servers import StartWeb
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

PEOPLE = ("employee", "manager", "approver", "admin")
PAGES = 200
RUNS = 50
ROUNDS = 3


async def test_a_rolling_restart_fails_no_run(
    start_web: StartWeb, sandbox: SandboxClient, table: Table
) -> None:
    # Fifty answers at once, none of which is to wait for another.
    start = partial(start_web, LLM_CONCURRENCY="200")
    fleet = Fleet(start, [start(), start()])
    tokens = [sandbox.token(person) for person in PEOPLE]
    asked, moves, left = await rolling_restart(fleet, tokens, pages=PAGES, runs=RUNS, rounds=ROUNDS)

    table.add("rolling restart: runs", f"{len(asked)} of {len(asked)} whole")
    table.add("rolling restart: pages move", f"{len(moves)} moves", moves)
    table.add("rolling restart: a process leaves", f"{len(left)} in order", left)
    assert set(fleet.exit_codes) == {0}
    assert percentile(moves, 99) < 3
