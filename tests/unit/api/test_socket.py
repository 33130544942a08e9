"""What a socket does with faults that no client can bring about."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import nullcontext
from typing import Any, cast

import orjson
from starlette.websockets import WebSocketState
from structlog.testing import capture_logs

from modules.backend.api.ws.socket import ChatSocket
from modules.backend.services.chat.events import Frame


class OpenWebSocket:
    """Takes down what is sent."""

    application_state = WebSocketState.CONNECTED

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def send_text(self, text: str) -> None:
        self.sent.append(orjson.loads(text))


async def broken() -> AsyncGenerator[Frame, None]:
    raise RuntimeError("a fault of ours")
    yield


async def test_a_run_that_cannot_be_followed_is_told_to_the_page() -> None:
    websocket, run_id = OpenWebSocket(), uuid.uuid4()
    socket = ChatSocket(cast(Any, websocket), cast(Any, None), nullcontext)

    with capture_logs() as logs:
        await socket._pass_on(run_id, broken())

    (frame,) = websocket.sent
    assert (frame["type"], frame["code"], frame["runId"]) == ("error", "internal", str(run_id))
    assert [entry["event"] for entry in logs] == ["follow.failed"]
