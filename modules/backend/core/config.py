"""Settings from the environment, in groups, checked once at start.

`load_settings` reads every group and reports all faults of all groups together, each with the
name of the variable. `.env` in the working directory serves a laptop; the environment wins.
"""

import os
import re
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from modules.backend.core.errors import ConfigurationError

_PLACEHOLDER = re.compile(r"@Microsoft\.KeyVault\(|^<.*>$|^(changeme|change-me|your-.*)$", re.I)


class Environment(StrEnum):
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class _Group(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=os.environ.get("ICARUS_ENV_FILE", ".env"),
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _is_filled_in(cls, value: Any, info: ValidationInfo) -> Any:
        """A reference that was not resolved must stop the process, not reach a vendor."""
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(text, str) and _PLACEHOLDER.search(text):
            raise ValueError(
                "still holds a placeholder; set the value or grant access to the vault"
            )
        return value


class AppSettings(_Group):
    """The process itself."""

    app_env: Environment = Environment.DEVELOPMENT
    app_log_level: Literal["debug", "info", "warning", "error"] = "info"
    app_debug: bool = False
    build_id: str = "development"
    """Which build this is; the pipeline sets it."""
    cors_origins: list[str] = ["http://localhost:8000"]
    """Origins of the page, for CORS and for the handshake of the socket. A JSON list."""
    frontend_dist: Path = Path("modules/frontend/dist")
    """The built page; served when the folder exists."""
    scheduler_enabled: bool = True
    """Whether this deployment's scheduler sends what is due."""


class DatabaseSettings(_Group):
    """PostgreSQL. `?sslmode=` and `?ssl=` are both understood."""

    database_url: SecretStr
    database_migration_url: SecretStr | None = None
    """For Alembic, where migrations need the direct port. `DATABASE_URL` if left out."""
    database_pooler: Literal["none", "pgbouncer"] = "none"
    database_pool_size: Annotated[int, Field(ge=1)] = 10
    database_max_overflow: Annotated[int, Field(ge=0)] = 5
    database_pool_timeout: Annotated[float, Field(gt=0)] = 30.0
    """Seconds to wait for a connection."""
    database_pool_recycle: Annotated[int, Field(gt=0)] = 1800
    """Seconds after which a connection is made anew."""

    @field_validator("database_url", "database_migration_url")
    @classmethod
    def _is_asyncpg(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith("postgresql+asyncpg://"):
            raise ValueError("must start with postgresql+asyncpg://")
        return value


class RedisSettings(_Group):
    redis_url: SecretStr
    redis_layout: Literal["prefixes", "databases"] = "prefixes"
    """`prefixes` keeps to database 0, as Azure Managed Redis demands; `databases` uses 0 to 4."""

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("must start with redis:// or rediss://")
        return value


class LLMSettings(_Group):
    """Which model answers."""

    llm_provider: Literal["openai"] = "openai"
    openai_base_url: str = "https://api.openai.com/v1"
    openai_api_key: SecretStr
    openai_model: str = "gpt-5.1"
    openai_model_small: str = "gpt-5.4-mini"
    llm_connect_seconds: Annotated[float, Field(gt=0)] = 5.0
    llm_silence_seconds: Annotated[float, Field(gt=0)] = 60.0
    """How long a model may be silent, before the first text or between two pieces."""
    llm_deadline_seconds: Annotated[float, Field(gt=0)] = 300.0
    """How long one answer may take in all."""


class SailPointSettings(_Group):
    sailpoint_base_url: str | None = None
    sailpoint_client_id: str | None = None
    sailpoint_client_secret: SecretStr | None = None


class AuthSettings(_Group):
    """Whose tokens are accepted: Entra ID by tenant and client, or any OpenID issuer."""

    auth_issuer: str | None = None
    auth_audience: str | None = None
    auth_jwks_url: str | None = None
    entra_tenant_id: str | None = None
    entra_client_id: str | None = None

    @property
    def is_entra(self) -> bool:
        return self.entra_tenant_id is not None

    @cached_property
    def issuer(self) -> str:
        if self.auth_issuer is not None:
            return self.auth_issuer
        return f"https://login.microsoftonline.com/{self.entra_tenant_id}/v2.0"

    @cached_property
    def audience(self) -> str:
        return self.auth_audience or self.entra_client_id or ""

    @cached_property
    def jwks_url(self) -> str:
        if self.auth_jwks_url is not None:
            return self.auth_jwks_url
        if self.is_entra and self.auth_issuer is None:
            return f"https://login.microsoftonline.com/{self.entra_tenant_id}/discovery/v2.0/keys"
        return f"{self.issuer.rstrip('/')}/jwks"


class ChatSettings(_Group):
    """The conversation and its transports."""

    ws_capacity_per_worker: Annotated[int, Field(ge=1)] = 1000
    ws_auth_seconds: Annotated[float, Field(gt=0)] = 10.0
    """How long a socket may take to sign in."""
    ws_heartbeat_seconds: Annotated[float, Field(gt=0)] = 30.0
    """How often the page should send `ping`."""
    sse_comment_seconds: Annotated[float, Field(gt=0)] = 15.0
    sse_max_seconds: Annotated[float, Field(gt=0)] = 180.0
    """When a followed stream ends, for the reader to ask again."""


class Settings(BaseModel):
    """All groups. A service takes the group that it needs."""

    app: AppSettings
    database: DatabaseSettings
    redis: RedisSettings
    llm: LLMSettings
    sailpoint: SailPointSettings
    auth: AuthSettings
    chat: ChatSettings


G = TypeVar("G", bound=_Group)


def load_group(group: type[G]) -> G:
    """One group alone, for what needs no other. Raises ConfigurationError with every fault."""
    try:
        return group()
    except ValidationError as error:
        raise ConfigurationError([_fault(e) for e in error.errors()]) from None
    except SettingsError as error:
        # The only field that is not plain text, and the library names it in its own way.
        name = re.search(r'field "(\w+)"', str(error))
        about = name[1].upper() if name else group.__name__
        raise ConfigurationError([f"{about}: must be JSON; see .env.example"]) from None


def load_settings() -> Settings:
    """Reads and checks the environment.

    Raises ConfigurationError with every fault of every group.
    """
    groups = {name: field.annotation for name, field in Settings.model_fields.items()}
    return Settings(**_load(groups))


def load_database_settings() -> DatabaseSettings:
    """What migrations need, under the same rules. Raises ConfigurationError."""
    loaded = _load({"app": AppSettings, "database": DatabaseSettings})
    database: DatabaseSettings = loaded["database"]
    return database


def _load(wanted: dict[str, Any]) -> dict[str, Any]:
    groups: dict[str, Any] = {}
    faults: list[str] = []
    for name, group in wanted.items():
        try:
            groups[name] = load_group(group)
        except ConfigurationError as error:
            faults += error.faults
    faults += _faults_between(groups)
    if faults:
        raise ConfigurationError(faults)
    return groups


def _fault(error: Any) -> str:
    name = str(error["loc"][0]).upper() if error["loc"] else "settings"
    if error["type"] == "missing":
        return f"{name}: is not set; see .env.example"
    return f"{name}: {error['msg'].removeprefix('Value error, ')}"


def _faults_between(groups: dict[str, Any]) -> list[str]:
    """Faults that only show when settings are seen together."""
    faults: list[str] = []
    auth: AuthSettings | None = groups.get("auth")
    if auth is not None and auth.auth_issuer is None and auth.entra_tenant_id is None:
        faults.append("AUTH_ISSUER: is not set; give an issuer, or ENTRA_TENANT_ID for Entra ID")
    if auth is not None and not auth.audience:
        faults.append("AUTH_AUDIENCE: is not set; give an audience, or ENTRA_CLIENT_ID")
    app: AppSettings | None = groups.get("app")
    if app is not None and app.app_env is not Environment.DEVELOPMENT:
        faults += _faults_of_production(groups)
    return faults


def asks_for_tls(database_url: str) -> bool:
    """Whether a PostgreSQL URL demands TLS, in libpq's words or in asyncpg's; libpq's win."""
    query = dict(parse_qsl(urlsplit(database_url).query))
    mode = query.get("sslmode") or query.get("ssl") or "disable"
    return mode in ("require", "verify-ca", "verify-full", "true")


def _faults_of_production(groups: dict[str, Any]) -> list[str]:
    faults = []
    database: DatabaseSettings | None = groups.get("database")
    if database is not None:
        urls = {
            "DATABASE_URL": database.database_url,
            "DATABASE_MIGRATION_URL": database.database_migration_url,
        }
        faults += [
            f"{name}: must ask for TLS outside development; add ?sslmode=require"
            for name, url in urls.items()
            if url is not None and not asks_for_tls(url.get_secret_value())
        ]
    redis: RedisSettings | None = groups.get("redis")
    if redis is not None and not redis.redis_url.get_secret_value().startswith("rediss://"):
        faults.append("REDIS_URL: must use TLS outside development; write rediss://")
    if groups.get("app") is not None and groups["app"].app_debug:
        faults.append("APP_DEBUG: must be off outside development")
    return faults
