"""The settings of limits and of the audit."""

from typing import Annotated, Literal

from pydantic import Field

from modules.backend.core.settings import SettingsGroup

Amount = Annotated[int, Field(ge=1)]


class LimitSettings(SettingsGroup):
    """What one person, and one address before sign-in, may do. For all processes together."""

    limits: Literal["on", "off"] = "on"
    limit_calls_per_minute: Amount = 600
    """REST calls of a person."""
    limit_messages_per_minute: Amount = 20
    """Runs that a person starts."""
    limit_runs_at_once: Amount = 4
    """Answers that are written for a person at the same time."""
    limit_sockets: Amount = 20
    """Open sockets of a person."""
    limit_kibibytes_per_minute: Amount = 32_768
    """What a person sends, in KiB: bodies and frames, each counted as one KiB at least."""
    limit_refused_per_minute: Amount = 300
    """Refused sign-ins of an address; then it is told to wait until it shows a good token."""
    limit_waiting_sockets: Amount = 200
    """Sockets of an address, in one process, that have not signed in yet."""


class AuditSettings(SettingsGroup):
    """The record of who did what."""

    audit_retention_days: Annotated[int, Field(ge=30)] | None = None
    """Days after which records are removed, behind a checkpoint. Not set means: for ever."""
