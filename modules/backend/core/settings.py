"""The groups of settings, but for those of the models. A service takes the group that it needs."""

import os
import re
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGED = Path(__file__).resolve().parents[3] / "build.env"
"""Only a package has it: which build it is. What the environment says wins."""

_PLACEHOLDER = re.compile(r"@Microsoft\.KeyVault\(|^<.*>$|^(changeme|change-me|your-.*)$", re.I)


class Environment(StrEnum):
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class SettingsGroup(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=(PACKAGED, os.environ.get("ICARUS_ENV_FILE", ".env")),
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


class AppSettings(SettingsGroup):
    """The process itself."""

    app_env: Environment = Environment.DEVELOPMENT
    app_log_level: Literal["debug", "info", "warning", "error"] = "info"
    app_debug: bool = False
    build_id: str = "development"
    """Which build this is; a package says so itself."""
    cors_origins: list[str] = ["http://localhost:8000"]
    """Origins of the page, for CORS and for the handshake of the socket. A JSON list."""
    frontend_dist: Path = Path("modules/frontend/dist")
    """The built page; served when the folder exists."""
    scheduler_enabled: bool = True
    """Whether this deployment's scheduler sends what is due."""


class DatabaseSettings(SettingsGroup):
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


class RedisSettings(SettingsGroup):
    redis_url: SecretStr
    redis_layout: Literal["prefixes", "databases"] = "prefixes"
    """`prefixes` keeps to database 0, as Azure Managed Redis demands; `databases` uses 0 to 4."""

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("must start with redis:// or rediss://")
        return value


class SailPointSettings(SettingsGroup):
    """SailPoint's API, how we sign in there, and how much of its rate is ours."""

    sailpoint_base_url: str | None = None
    """The base of the API, as https://TENANT.api.identitynow.com."""
    sailpoint_client_id: str | None = None
    sailpoint_client_secret: SecretStr | None = None
    sailpoint_auth_mode: Literal["service", "user"] = "service"
    """Whose token is used: one service identity's for all, or each person's own."""
    sailpoint_user_client_id: str | None = None
    """For the mode `user`: a client for authorization codes and refresh tokens."""
    sailpoint_user_client_secret: SecretStr | None = None
    sailpoint_redirect_uri: str | None = None
    """Where SailPoint sends people back to: this server's /api/sailpoint/callback."""
    sailpoint_token_keys: SecretStr | None = None
    """Fernet keys, with commas between them. The first seals people's tokens, all of them open."""
    sailpoint_connect_seconds: Annotated[float, Field(gt=0)] = 2.0
    sailpoint_read_seconds: Annotated[float, Field(gt=0)] = 10.0
    sailpoint_calls_per_window: Annotated[int, Field(ge=1)] = 95
    """What all processes together may ask; SailPoint takes 100 of one client."""
    sailpoint_window_seconds: Annotated[float, Field(gt=0)] = 10.0
    sailpoint_background_reserve: Annotated[int, Field(ge=0, validate_default=True)] = 25
    """How many calls of a window are kept for people who wait; background work gets the rest."""
    sailpoint_sign_off: bool | None = None
    """Whether reviews can be signed off here. If left out: where SailPoint names the person."""
    sailpoint_breaker_calls: Annotated[int, Field(ge=1)] = 20
    """Calls of all processes in half a minute by which SailPoint is judged: it is left alone for a
    while when half of them failed."""
    sailpoint_processes: Annotated[int, Field(ge=1)] = 8
    """How many processes share the calls equally while Redis is away."""

    @property
    def may_sign_off(self) -> bool:
        """In the mode `service` SailPoint would name the service as the one who signed off."""
        if self.sailpoint_sign_off is None:
            return self.sailpoint_auth_mode == "user"
        return self.sailpoint_sign_off

    @field_validator("sailpoint_base_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with https:// (or http:// on a laptop)")
        return value.rstrip("/") if value is not None else None

    @field_validator("sailpoint_background_reserve")
    @classmethod
    def _leaves_something(cls, value: int, info: ValidationInfo) -> int:
        if value >= info.data.get("sailpoint_calls_per_window", value + 1):
            raise ValueError("must be below SAILPOINT_CALLS_PER_WINDOW")
        return value


class AuthSettings(SettingsGroup):
    """Whose tokens are accepted: Entra ID by tenant and client, or any OpenID issuer."""

    auth_issuer: str | None = None
    auth_audience: str | None = None
    auth_jwks_url: str | None = None
    entra_tenant_id: str | None = None
    entra_client_id: str | None = None
    auth_guests: bool = False
    """Whether guests of the organisation may sign in."""
    auth_apps: bool = True
    """Whether an application with the role Chat.Smoke may chat and read, without a person."""
    auth_app_email: str | None = None
    """The e-mail address by which SailPoint knows such an application: its token has none."""

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


class ChatSettings(SettingsGroup):
    """The conversation and its transports."""

    ws_capacity_per_worker: Annotated[int, Field(ge=1)] = 1000
    ws_auth_seconds: Annotated[float, Field(gt=0)] = 10.0
    """How long a socket may take to sign in."""
    ws_heartbeat_seconds: Annotated[float, Field(gt=0)] = 30.0
    """How often the page should send `ping`."""
    drain_seconds: Annotated[float, Field(ge=0)] = 20.0
    """How long answers may go on to finish in a process that was told to stop."""
    sse_comment_seconds: Annotated[float, Field(gt=0)] = 15.0
    body_seconds: Annotated[float, Field(gt=0)] = 30.0
    """How long the body of a request may take to arrive."""
    sse_max_seconds: Annotated[float, Field(gt=0)] = 180.0
    """When a followed stream ends, for the reader to ask again."""


class TelemetrySettings(SettingsGroup):
    """Where traces, metrics and exported logs go. With neither address none are made."""

    applicationinsights_connection_string: SecretStr | None = None
    otel_exporter_otlp_endpoint: str | None = None
    """The base of a collector that speaks OTLP over HTTP, as http://localhost:4318."""
    telemetry_traces_per_second: Annotated[float, Field(gt=0)] = 5.0
    """Traces that a process keeps of a second. Metrics are all kept."""
    telemetry_message_text: bool = False
    """Whether spans of model calls hold what people and models wrote."""

    @field_validator("otel_exporter_otlp_endpoint")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/") if value is not None else None

    @property
    def goes_to(self) -> Literal["application_insights", "otlp", "nowhere"]:
        """Application Insights wins if both are set."""
        if self.applicationinsights_connection_string is not None:
            return "application_insights"
        return "nowhere" if self.otel_exporter_otlp_endpoint is None else "otlp"


class RetentionSettings(SettingsGroup):
    """How long things are kept. Not set means: for ever."""

    retention_conversation_days: Annotated[int, Field(ge=1)] | None = None
    """Days without a new message after which a conversation is deleted."""


def asks_for_tls(database_url: str) -> bool:
    """Whether a PostgreSQL URL demands TLS, in libpq's words or in asyncpg's; libpq's win."""
    query = dict(parse_qsl(urlsplit(database_url).query))
    mode = query.get("sslmode") or query.get("ssl") or "disable"
    return mode in ("require", "verify-ca", "verify-full", "true")
