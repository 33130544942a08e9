from typing import Literal

from modules.backend.schemas.base import WireModel


class Health(WireModel):
    status: Literal["ok"] = "ok"
    build: str


class Readiness(WireModel):
    """`failed` means that nothing works; `degraded` that something outside is missing."""

    status: Literal["ok", "degraded", "failed"]
    build: str
    checks: dict[str, Literal["ok", "degraded", "failed"]]
