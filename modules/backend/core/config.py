"""Settings from the environment, in groups, checked once at start.

`load_settings` reads every group and reports all faults of all groups together, each with the
name of the variable. `.env` in the working directory serves a laptop; the environment wins.
"""

import hashlib
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

from modules.backend.core.errors import ConfigurationError
from modules.backend.core.settings import (
    AppSettings,
    AuthSettings,
    ChatSettings,
    DatabaseSettings,
    Environment,
    RedisSettings,
    RetentionSettings,
    SailPointSettings,
    SettingsGroup,
    TelemetrySettings,
    asks_for_tls,
)
from modules.backend.core.settings_llm import LLMSettings, faults_of_llm
from modules.backend.core.settings_security import AuditSettings, LimitSettings


class Settings(BaseModel):
    """All groups. A service takes the group that it needs."""

    app: AppSettings
    database: DatabaseSettings
    redis: RedisSettings
    llm: LLMSettings
    sailpoint: SailPointSettings
    auth: AuthSettings
    chat: ChatSettings
    retention: RetentionSettings
    limits: LimitSettings
    audit: AuditSettings
    telemetry: TelemetrySettings


G = TypeVar("G", bound=SettingsGroup)


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


def fingerprint(settings: Settings) -> str:
    """Of all settings; of a secret only whether it is set. Two that differ were set differently."""
    plain = settings.model_dump_json()  # secrets are asterisks in it
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def described(settings: Settings) -> dict[str, object]:
    """What the first log line of a process says of how it was set up: no secret, and no address."""
    return {
        "configuration": fingerprint(settings),
        "features": {
            "environment": settings.app.app_env,
            "llm": [str(vendor) for vendor in settings.llm.vendors],
            "sailpoint": settings.sailpoint.sailpoint_auth_mode,
            "sign_off": settings.sailpoint.sailpoint_sign_off,
            "pooler": settings.database.database_pooler,
            "redis": settings.redis.redis_layout,
            "scheduler": settings.app.scheduler_enabled,
            "telemetry": settings.telemetry.goes_to,
        },
    }


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
    llm: LLMSettings | None = groups.get("llm")
    if llm is not None:
        faults += faults_of_llm(llm)
    app: AppSettings | None = groups.get("app")
    if app is not None and app.app_env is not Environment.DEVELOPMENT:
        faults += _faults_of_production(groups)
    return faults


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
    limits: LimitSettings | None = groups.get("limits")
    if limits is not None and limits.limits == "off":
        faults.append("LIMITS: must be on outside development")
    return faults
