"""Frames of the socket: those that come in, checked; those that go out, made."""

from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError

from modules.backend.api.errors import fault
from modules.backend.core.errors import AppError, InvalidInput
from modules.backend.schemas.agent import FRAME_TYPES, ClientFrame, client_frame
from modules.backend.services.people import Person

MAX_FRAME_BYTES = 256 * 1024


def read_frame(text: str) -> ClientFrame:
    """The frame. Raises InvalidInput with the code for what is wrong with it."""
    if len(text) > MAX_FRAME_BYTES:
        raise InvalidInput("frame_too_large", "What you sent is too large. Send less at once.")
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidInput("not_json", "What you sent is not JSON.") from None
    frame_type = content.get("type") if isinstance(content, dict) else None
    if not isinstance(frame_type, str) or frame_type not in FRAME_TYPES:
        known = ", ".join(sorted(FRAME_TYPES))
        raise InvalidInput("unknown_frame", f"The type of the frame must be one of {known}.")
    try:
        return client_frame.validate_python(content)
    except ValidationError as error:
        raise fault(dict(error.errors()[0])) from None


def ready(person: Person, heartbeat_seconds: float) -> str:
    user = {"id": str(person.id), "name": person.name}
    return _frame(type="ready", user=user, heartbeatSeconds=heartbeat_seconds)


def pong() -> str:
    return _frame(type="pong")


def error(cause: AppError, run_id: object = None) -> str:
    about = {} if run_id is None else {"runId": str(run_id)}
    return _frame(type="error", **cause.body(), **about)


def reset(run_id: object) -> str:
    return _frame(type="reset", runId=str(run_id))


def draining() -> str:
    return _frame(type="draining")


def auth_required(expires_at: datetime) -> str:
    return _frame(type="auth_required", expiresAt=expires_at)


def _frame(**content: Any) -> str:
    return orjson.dumps(content).decode()
