"""The embedded stores: what they keep, and how they end."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis

from modules.sandbox.launcher.postgres import start_postgres
from modules.sandbox.launcher.valkey import start_valkey
from modules.sandbox.stores import Stores, embedded_stores
from tests.fixtures.stores import ROOT

pytestmark = pytest.mark.integration

HOLDER = """
import sys, time
from pathlib import Path
from modules.sandbox.stores import embedded_stores

with embedded_stores(Path(sys.argv[1])) as stores:
    print(stores.postgres.pid, stores.valkey.pid, flush=True)
    time.sleep(600)
"""


def query(stores: Stores, statement: str) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(stores.database_url.replace("+asyncpg", ""))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_data_outlives_a_restart(tmp_path):
    with embedded_stores(tmp_path) as stores:
        query(stores, "CREATE TABLE kept AS SELECT 'yes' AS answer")
        with redis.Redis.from_url(stores.redis_url) as client:
            client.set("kept", "yes")
    assert stores.postgres.exit_code == 0
    assert stores.valkey.exit_code == 0

    with embedded_stores(tmp_path) as stores:
        assert query(stores, "SELECT answer FROM kept") == "yes"
        with redis.Redis.from_url(stores.redis_url) as client:
            assert client.get("kept") == b"yes"


@pytest.mark.parametrize("durable", [True, False])
def test_durability_is_as_asked_for(tmp_path, durable):
    with embedded_stores(tmp_path, durable=durable) as stores:
        on = "on" if durable else "off"
        assert query(stores, "SHOW synchronous_commit") == on
        assert query(stores, "SHOW fsync") == on
        with redis.Redis.from_url(stores.redis_url) as client:
            assert client.config_get("appendonly")["appendonly"] == ("yes" if durable else "no")


def test_committed_data_outlives_a_crash_on_the_same_port(tmp_path):
    server, url = start_postgres(tmp_path)
    port = int(url.rpartition(":")[2].partition("/")[0])
    valkey, redis_url = start_valkey(tmp_path)
    try:
        stores = Stores(server, valkey, url, redis_url)
        query(stores, "CREATE TABLE kept AS SELECT 1")
        server.kill()
        server, again = start_postgres(tmp_path, port=port)
        assert again == url
        assert query(stores, "SELECT count(*) FROM kept") == 1
    finally:
        server.stop()
        valkey.stop()


def test_nobody_gets_in_without_the_password(tmp_path):
    with embedded_stores(tmp_path) as stores:
        address = stores.database_url.rpartition("@")[2]
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(asyncpg.connect(f"postgresql://icarus:guess@{address}"))
        address = stores.redis_url.rpartition("@")[2]
        with (
            redis.Redis.from_url(f"redis://{address}") as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a death")
def test_nothing_outlives_a_killed_parent(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        servers = [psutil.Process(int(pid)) for pid in holder.stdout.readline().split()]
        family = [*servers, *(child for server in servers for child in server.children())]
        holder.kill()
    _, alive = psutil.wait_procs(family, timeout=20)

    assert alive == []
    with embedded_stores(tmp_path) as stores:
        assert query(stores, "SELECT 1") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_pid_file_that_names_another_program_is_no_obstacle(tmp_path):
    server, _ = start_postgres(tmp_path)
    server.stop()
    pid_file = tmp_path / "postgres16" / "postmaster.pid"
    lines = [str(os.getppid()), str(tmp_path / "postgres16"), "1700000000", "5432", "", "localhost"]
    pid_file.write_text("\n".join(lines) + "\n")

    server, _ = start_postgres(tmp_path)
    server.stop()
    assert server.exit_code == 0


def test_half_made_cluster_is_made_again(tmp_path):
    unfinished: Path = tmp_path / "postgres16.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("16\n")

    server, _ = start_postgres(tmp_path, durable=False)
    server.stop()
    assert server.command.stop_signal is signal.SIGINT
    assert not unfinished.exists()
