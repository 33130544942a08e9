from decimal import Decimal

import pytest

from modules.backend.core.config import load_settings
from modules.backend.core.settings import AuthSettings, Environment
from tests.fixtures.settings import COMPLETE, SetEnvironment, faults


class TestStart:
    def test_a_complete_environment_is_accepted(self, set_environment: SetEnvironment) -> None:
        set_environment(APP_ENV="production", CORS_ORIGINS='["https://icarus.example"]')

        settings = load_settings()

        assert settings.app.app_env is Environment.PRODUCTION
        assert settings.app.cors_origins == ["https://icarus.example"]
        assert settings.llm.openai_api_key.get_secret_value() == COMPLETE["OPENAI_API_KEY"]

    def test_an_empty_value_counts_as_not_set(self, set_environment: SetEnvironment) -> None:
        set_environment(DATABASE_POOL_SIZE="", DATABASE_MIGRATION_URL="", OPENAI_API_KEY="")

        assert faults() == {"OPENAI_API_KEY": "is not set; see .env.example"}

    def test_every_fault_is_named_at_once(self, set_environment: SetEnvironment) -> None:
        set_environment(**dict.fromkeys(COMPLETE), APP_ENV="test", DATABASE_POOL_SIZE="0")

        assert set(faults()) == {*COMPLETE, "APP_ENV", "DATABASE_POOL_SIZE"}

    def test_secrets_do_not_show_in_faults(self, set_environment: SetEnvironment) -> None:
        set_environment(
            DATABASE_URL="postgres://icarus:hunter2@db.example/icarus",
            REDIS_URL="http://:hunter2@redis.example",
        )

        found = faults()

        assert set(found) == {"DATABASE_URL", "REDIS_URL"}
        assert "hunter2" not in str(found)

    def test_secrets_do_not_show_in_settings(self, set_environment: SetEnvironment) -> None:
        set_environment(SAILPOINT_CLIENT_SECRET="hunter2", OPENAI_API_KEY="sk-hunter2")

        assert "hunter2" not in repr(load_settings())

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("APP_LOG_LEVEL", "loud"),
            ("APP_DEBUG", "perhaps"),
            ("CORS_ORIGINS", "http://localhost:8000"),
            ("DATABASE_POOLER", "pgpool"),
            ("DATABASE_MAX_OVERFLOW", "-1"),
            ("REDIS_LAYOUT", "clusters"),
            ("LLM_PROVIDER", "oracle"),
            ("LLM_DEADLINE_SECONDS", "0"),
            ("LLM_PRICES", '{"some-model": {"input": "-1", "output": "1"}}'),
            ("LLM_PRICES", "cheap"),
            ("LLM_BUDGET_ALL_DAY", "Infinity"),
            ("LLM_FALLBACK_PROVIDER", "openai"),
            ("WS_CAPACITY_PER_WORKER", "many"),
        ],
    )
    def test_a_value_that_cannot_be_is_a_fault(
        self, set_environment: SetEnvironment, name: str, value: str
    ) -> None:
        set_environment(**{name: value})

        assert list(faults()) == [name]


class TestModels:
    @pytest.mark.parametrize(
        ("provider", "needs"),
        [
            ("azure_openai", "AZURE_OPENAI_ENDPOINT"),
            ("openai", "OPENAI_API_KEY"),
            ("anthropic", "ANTHROPIC_API_KEY"),
        ],
    )
    def test_a_provider_in_use_needs_its_settings_and_no_other_does(
        self, set_environment: SetEnvironment, provider: str, needs: str
    ) -> None:
        set_environment(OPENAI_API_KEY=None, LLM_PROVIDER=provider)

        assert faults() == {needs: "is not set; see .env.example"}

    def test_the_fallback_needs_its_own(self, set_environment: SetEnvironment) -> None:
        set_environment(LLM_FALLBACK_PROVIDER="anthropic")

        assert list(faults()) == ["ANTHROPIC_API_KEY"]

    def test_prices_and_budgets_are_exact(self, set_environment: SetEnvironment) -> None:
        set_environment(
            LLM_PRICES='{"m": {"input": "0.1", "output": "0.3"}}', LLM_BUDGET_ALL_DAY="20.10"
        )
        llm = load_settings().llm

        assert llm.llm_prices["m"].input == Decimal("0.1")
        assert llm.llm_budget_all_day == Decimal("20.10")


class TestPlaceholders:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("OPENAI_API_KEY", "@Microsoft.KeyVault(SecretUri=https://v.example/secrets/key)"),
            ("DATABASE_URL", "@Microsoft.KeyVault(VaultName=v;SecretName=database)"),
            ("REDIS_URL", "<redis-url>"),
            ("SAILPOINT_CLIENT_SECRET", "changeme"),
            ("AUTH_AUDIENCE", "your-client-id"),
            ("BUILD_ID", "<build>"),
        ],
    )
    def test_a_placeholder_is_refused_by_name(
        self, set_environment: SetEnvironment, name: str, value: str
    ) -> None:
        set_environment(**{name: value})

        found = faults()

        assert list(found) == [name]
        assert "placeholder" in found[name]

    def test_a_value_with_angle_brackets_inside_is_none(
        self, set_environment: SetEnvironment
    ) -> None:
        set_environment(OPENAI_API_KEY="a<b>c")

        assert load_settings().llm.openai_api_key.get_secret_value() == "a<b>c"


@pytest.mark.parametrize("environment", ["staging", "production"])
class TestOutsideDevelopment:
    def test_stores_must_use_tls_and_debugging_is_off(
        self, set_environment: SetEnvironment, environment: str
    ) -> None:
        plain = {
            "DATABASE_URL": "postgresql+asyncpg://icarus@db.example/icarus",
            "REDIS_URL": "redis://redis.example:6379/0",
            "APP_DEBUG": "true",
            "LIMITS": "off",
        }
        set_environment(**plain)
        load_settings()  # on a laptop all of it may be

        set_environment(APP_ENV=environment)

        assert set(faults()) == set(plain)

    @pytest.mark.parametrize(
        "query", ["sslmode=verify-full", "ssl=require", "ssl=true", "x=1&sslmode=require"]
    )
    def test_any_way_to_ask_for_tls_is_enough(
        self, set_environment: SetEnvironment, environment: str, query: str
    ) -> None:
        url = f"postgresql+asyncpg://icarus@db.example/icarus?{query}"
        set_environment(APP_ENV=environment, DATABASE_URL=url)

        assert load_settings().database.database_url.get_secret_value() == url

    @pytest.mark.parametrize(
        "query",
        ["sslmode=disable", "sslmode=prefer", "xsslmode=require", "sslmode=disable&ssl=true"],
    )
    def test_half_a_wish_for_tls_is_not(
        self, set_environment: SetEnvironment, environment: str, query: str
    ) -> None:
        url = f"postgresql+asyncpg://icarus@db.example/icarus?{query}"
        set_environment(APP_ENV=environment, DATABASE_URL=url)

        assert list(faults()) == ["DATABASE_URL"]

    def test_migrations_need_tls_too(
        self, set_environment: SetEnvironment, environment: str
    ) -> None:
        url = "postgresql+asyncpg://icarus@db.example/icarus"
        set_environment(APP_ENV=environment, DATABASE_MIGRATION_URL=url)

        assert list(faults()) == ["DATABASE_MIGRATION_URL"]


class TestAuth:
    def test_an_issuer_keeps_its_keys_below_its_address(self) -> None:
        auth = AuthSettings(auth_issuer="https://issuer.example/", auth_audience="api://icarus")

        assert auth.issuer == "https://issuer.example/"
        assert auth.audience == "api://icarus"
        assert auth.jwks_url == "https://issuer.example/jwks"

    def test_entra_needs_only_tenant_and_client(self) -> None:
        auth = AuthSettings(entra_tenant_id="tenant", entra_client_id="client")

        assert auth.issuer == "https://login.microsoftonline.com/tenant/v2.0"
        assert auth.audience == "client"
        assert auth.jwks_url == ("https://login.microsoftonline.com/tenant/discovery/v2.0/keys")

    def test_what_is_named_wins_over_what_follows_from_the_tenant(self) -> None:
        auth = AuthSettings(
            entra_tenant_id="tenant",
            entra_client_id="client",
            auth_issuer="https://issuer.example",
            auth_audience="api://icarus",
            auth_jwks_url="https://keys.example",
        )

        assert auth.issuer == "https://issuer.example"
        assert auth.audience == "api://icarus"
        assert auth.jwks_url == "https://keys.example"
