"""5,000 transactions of three processes through a PgBouncer in transaction mode."""

import pytest

from tests.chaos.conftest import Table
from tests.fixtures.pgbouncer import StartPooler
from tests.fixtures.pooled import transactions

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

TRANSACTIONS = 5000
PROCESSES = 3


async def test_no_transaction_meets_another(
    start_pooler: StartPooler, settings_env: dict[str, str], database_url: str, table: Table
) -> None:
    pooler = start_pooler(database_url)
    env = settings_env | {"DATABASE_URL": pooler.url, "DATABASE_POOLER": "pgbouncer"}
    each = -(-TRANSACTIONS // PROCESSES)
    found = await transactions(env, database_url, processes=PROCESSES, each=each)
    faults = [fault for one in found for fault in one["faults"]]
    made = sum(one["transactions"] for one in found)

    table.add(f"PgBouncer, {PROCESSES} processes", f"{len(faults)} errors in {made:,} transactions")
    assert faults == []
    assert made >= TRANSACTIONS
