import ssl

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from modules.backend.core.database import connection, is_away
from modules.backend.core.settings import DatabaseSettings

SERVER = "postgresql+asyncpg://icarus:secret@db.example:5432/icarus"
PREPARED = {"statement_cache_size", "prepared_statement_cache_size"}


def settings(url: str, **fields: object) -> DatabaseSettings:
    return DatabaseSettings(database_url=SecretStr(url), _env_file=None, **fields)


class TestConnection:
    @pytest.mark.parametrize("query", ["", "?sslmode=disable", "?sslmode=prefer", "?ssl=false"])
    def test_without_tls(self, query: str) -> None:
        url, arguments = connection(settings(SERVER + query))

        assert arguments["ssl"] is False
        assert url.query == {}

    @pytest.mark.parametrize(
        "query", ["?sslmode=require", "?sslmode=verify-full", "?ssl=true", "?ssl=require"]
    )
    def test_with_tls_the_servers_certificate_is_checked(self, query: str) -> None:
        url, arguments = connection(settings(SERVER + query))

        assert arguments["ssl"].verify_mode is ssl.CERT_REQUIRED
        assert arguments["ssl"].check_hostname
        assert url.query == {}

    def test_the_rest_of_the_query_stays(self) -> None:
        url, _ = connection(settings(SERVER + "?sslmode=require&target_session_attrs=any"))

        assert url.query == {"target_session_attrs": "any"}

    def test_a_password_of_special_characters_arrives_whole(self) -> None:
        url, _ = connection(
            settings("postgresql+asyncpg://icarus:p%40ss%2Fw%3Ard%25%3F@db.example/icarus")
        )

        assert (url.username, url.password, url.host) == ("icarus", "p@ss/w:rd%?", "db.example")

    def test_behind_pgbouncer_nothing_is_prepared_by_name(self) -> None:
        _, arguments = connection(settings(SERVER, database_pooler="pgbouncer"))

        assert {name: arguments[name] for name in PREPARED} == dict.fromkeys(PREPARED, 0)

    def test_without_a_pooler_statements_are_prepared(self) -> None:
        _, arguments = connection(settings(SERVER))

        assert not PREPARED & arguments.keys()

    def test_migrations_have_an_address_of_their_own_and_no_deadline(self) -> None:
        direct = SecretStr("postgresql+asyncpg://owner@direct.example/icarus?sslmode=require")
        both = settings(SERVER, database_migration_url=direct)

        url, arguments = connection(both, migrating=True)

        assert (url.host, arguments["command_timeout"]) == ("direct.example", None)
        assert connection(both)[0].host == "db.example"

    def test_migrations_go_where_everything_goes_if_nothing_else_is_said(self) -> None:
        url, _ = connection(settings(SERVER), migrating=True)

        assert url.host == "db.example"


class TestIsAway:
    @pytest.mark.parametrize(
        "error",
        [
            ConnectionRefusedError(),
            PoolTimeout(),
            OperationalError("SELECT 1", {}, Exception()),
            InterfaceError("SELECT 1", {}, Exception()),
            IntegrityError("INSERT", {}, Exception(), connection_invalidated=True),
        ],
        ids=repr,
    )
    def test_an_unreachable_server_is(self, error: Exception) -> None:
        assert is_away(error)

    @pytest.mark.parametrize(
        "error", [ValueError(), IntegrityError("INSERT", {}, Exception())], ids=repr
    )
    def test_a_server_that_says_no_is_not(self, error: Exception) -> None:
        assert not is_away(error)


@pytest.mark.parametrize(
    ("state", "away"),
    [
        ("57P01", True),  # shut down by its administrator
        ("57P03", True),  # starting up
        ("08006", True),
        ("53300", True),  # too many connections
        ("23505", False),  # a duplicate
        ("57014", False),  # a statement that was cancelled
        (None, False),
    ],
)
def test_a_server_that_goes_or_comes_is_away(state: str | None, away: bool) -> None:
    cause = Exception("the server said so")
    cause.sqlstate = state

    assert is_away(DBAPIError("SELECT 1", None, cause)) is away
