"""Answers as they go out: whole, late, cut off, or not at all."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from modules.sandbox.journal import Outcome
from modules.sandbox.sailpoint.api_call import Answer
from modules.sandbox.sailpoint.errors import ApiError, RateLimitError
from modules.sandbox.sailpoint.faults import Fault, FaultKind
from modules.sandbox.sailpoint.journal import Call, Journal

FUTURE_VALUE = "SOMETHING_NEW"
ENUM_FIELDS = frozenset(
    {"state", "status", "phase", "requestStatus", "requestType", "identityStatus", "scheme"}
)
NAMING_FIELDS = frozenset({"id", "name", "type", "accessRequestId"})
DEFAULT_RETRY_AFTER = 2
BAD_GATEWAY = (
    b"<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n"
    b"<center><h1>502 Bad Gateway</h1></center>\n</body>\n</html>\n"
)


@dataclass(frozen=True)
class Spoiled:
    """What is sent. `ending`: how the connection fares."""

    status: int
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    ending: FaultKind | None = None


def fail_with(fault: Fault, tracking_id: str) -> Spoiled:
    """A failure instead of an answer."""
    ending = fault.then if fault.kind is FaultKind.COMMIT_THEN_FAIL else fault.kind
    if ending != FaultKind.STATUS:
        return Spoiled(200, ending=FaultKind(ending))
    if fault.status == 502:
        return Spoiled(502, BAD_GATEWAY, media_type="text/html")
    after = DEFAULT_RETRY_AFTER if fault.retry_after is None else fault.retry_after
    error = RateLimitError(after) if fault.status == 429 else ApiError(fault.status)
    headers = dict(error.headers)
    if fault.retry_after is not None:
        headers["retry-after"] = str(fault.retry_after)
    return Spoiled(fault.status, json.dumps(error.body(tracking_id)).encode(), headers)


def spoil(answer: Answer, fault: Fault | None) -> Spoiled:
    """The answer with what the fault does to its body."""
    body = answer.body
    match fault.kind if fault else None:
        case FaultKind.EMPTY_LIST if isinstance(body, list):
            body = []
        case FaultKind.UNKNOWN_ENUM:
            names = {fault.field} if fault and fault.field else ENUM_FIELDS
            body = _for_each_record(body, lambda record: _with_future_value(record, names))
        case FaultKind.EXTRA_FIELDS:
            body = _for_each_record(body, lambda one: {**one, "somethingNew": {"nested": [1]}})
        case FaultKind.MISSING_FIELDS:
            body = _for_each_record(body, _only_named)
        case _:
            pass
    if isinstance(body, str):
        return Spoiled(answer.status, body.encode(), answer.headers, media_type="text/html")
    sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    if fault and fault.kind is FaultKind.TRUNCATED and sent:
        sent = sent[: len(sent) // 2] or b"{"
    return Spoiled(answer.status, sent, answer.headers)


class Delivery(Response):
    """Sends what was decided. The journal learns how it ended."""

    def __init__(
        self, spoiled: Spoiled, *, fault: Fault | None, call: Call, journal: Journal
    ) -> None:
        super().__init__(
            spoiled.body,
            status_code=spoiled.status,
            headers=spoiled.headers,
            media_type=spoiled.media_type if spoiled.body is not None else None,
        )
        self._ending = spoiled.ending
        self._fault = fault
        self._call = call
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._ending is FaultKind.HANG:
            await _disconnected(receive)
            self._journal.close(self._call, Outcome.ABORTED)
            return
        if self._ending is FaultKind.RESET:
            # A body that was announced and never comes makes uvicorn close the connection.
            self.headers["content-length"] = "1000"
            start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(start)
            self._journal.close(self._call, Outcome.BROKEN)
            return
        if self._fault and self._fault.kind is FaultKind.LATENCY:
            await asyncio.sleep(self._fault.latency_seconds())
        refused = self.status_code >= 400
        # Before it is sent: whoever has read an answer finds the call ended in the journal.
        outcome = Outcome.REFUSED if refused else Outcome.ANSWERED
        self._journal.close(self._call, outcome, self.status_code)
        await super().__call__(scope, receive, send)


def _for_each_record(body: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(body, list):
        return [_for_each_record(entry, change) for entry in body]
    return change(body) if isinstance(body, dict) else body


def _with_future_value(record: dict[str, Any], names: frozenset[str] | set[str]) -> dict[str, Any]:
    return {
        name: FUTURE_VALUE if name in names and isinstance(value, str) else value
        for name, value in record.items()
    }


def _only_named(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name in NAMING_FIELDS}


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
