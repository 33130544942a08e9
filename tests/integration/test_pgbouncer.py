"""Behind a real PgBouncer in transaction mode, with TLS as a cloud's connection string asks."""

import pytest
from sqlalchemy import make_url

from modules.sandbox.launcher.ports import free_port
from tests.fixtures.chat import new_id, open_chat
from tests.fixtures.migrations import alembic, tables
from tests.fixtures.pgbouncer import Pooler, StartPooler
from tests.fixtures.pooled import transactions
from tests.fixtures.servers import StartWeb
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def pooler(start_pooler: StartPooler, database_url: str) -> Pooler:
    return start_pooler(database_url)


def settings_of(pooler: Pooler) -> dict[str, str]:
    return {"DATABASE_URL": pooler.url, "DATABASE_POOLER": "pgbouncer"}


async def test_transactions_of_three_processes_do_not_meet(
    pooler: Pooler, settings_env: dict[str, str], database_url: str
) -> None:
    env = settings_env | settings_of(pooler)
    found = await transactions(env, database_url, processes=3, each=60)

    assert [each["faults"] for each in found] == [[], [], []]


async def test_the_conversation_goes_through_it(
    pooler: Pooler, start_web: StartWeb, sandbox: SandboxClient
) -> None:
    web = start_web(**settings_of(pooler))
    async with open_chat(web, sandbox.token("employee")) as chat:
        events = await chat.ask(f"Pooled {new_id()} [[sandbox tokens=3]]")

    assert events[-1]["type"] == "RUN_FINISHED"


class TestTls:
    def test_migrations_and_the_web_take_the_pasted_url(
        self,
        start_pooler: StartPooler,
        start_web: StartWeb,
        empty_database: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        pooler = start_pooler(empty_database, tls=True)
        settings = {
            "DATABASE_URL": pooler.tls_url,
            "DATABASE_POOLER": "pgbouncer",
            "SSL_CERT_FILE": str(pooler.certificate),
        }
        done = alembic("upgrade", "head", **settings)

        assert done.returncode == 0, done.stderr
        assert "runs" in tables(empty_database)
        start_web(**settings).child.stop()  # it was ready: it reached both stores

    def test_a_certificate_that_nobody_vouches_for_is_refused(
        self, start_pooler: StartPooler, empty_database: str
    ) -> None:
        pooler = start_pooler(empty_database, tls=True)
        done = alembic("upgrade", "head", DATABASE_URL=pooler.tls_url)

        assert done.returncode != 0
        assert "CERTIFICATE_VERIFY_FAILED" in done.stderr
        assert tables(empty_database) == set()


def test_migrations_take_the_direct_port(empty_database: str) -> None:
    nobody = make_url(empty_database).set(port=free_port()).render_as_string(hide_password=False)
    done = alembic(
        "upgrade",
        "head",
        DATABASE_URL=nobody,
        DATABASE_MIGRATION_URL=f"{empty_database}?sslmode=disable",
        DATABASE_POOLER="pgbouncer",
    )

    assert done.returncode == 0, done.stderr
    assert "runs" in tables(empty_database)
