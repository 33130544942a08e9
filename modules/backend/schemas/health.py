from typing import Literal

from modules.backend.schemas.base import WireModel


class Health(WireModel):
    status: Literal["ok"] = "ok"
    build: str


class Readiness(WireModel):
    """`failed` means that nothing works; `degraded` that something outside is missing.

    `details` says what an operator should know, as of a model that will be retired. Processes that
    differ in `configuration` were set up differently.
    """

    status: Literal["ok", "degraded", "failed"]
    build: str
    configuration: str
    checks: dict[str, Literal["ok", "degraded", "failed"]]
    details: dict[str, list[str]]


class LoopHealth(WireModel):
    """Of a process whose work is a loop, and how long ago it was last seen at work."""

    status: Literal["ok", "stalled", "ended"]
    build: str
    heartbeat_seconds: float
