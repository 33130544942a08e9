"""The configuration that a process started with, without its secrets."""

from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from modules.backend.core.config import Settings
from modules.backend.services.audit.trail import canonical, text_hash

SET = "(set)"


def described(settings: Settings) -> dict[str, Any]:
    """Every setting by the name of its variable, a secret only as being set, and their hash."""
    values: dict[str, str | None] = {}
    for group_name in Settings.model_fields:
        group: BaseSettings = getattr(settings, group_name)
        for name in type(group).model_fields:
            values[name.upper()] = _shown(getattr(group, name))
    return {"settings": values, "hash": text_hash(canonical(values))}


def _shown(value: object) -> str | None:
    if value is None:
        return None
    return SET if isinstance(value, SecretStr) else str(value)
