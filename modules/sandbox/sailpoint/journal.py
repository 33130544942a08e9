"""What was asked of the tenant, how each call ended, and what really changed because of it."""

from collections import Counter, deque
from datetime import datetime
from itertools import count

from pydantic import BaseModel

from modules.sandbox.journal import Outcome

MAX_CALLS = 5000
MAX_CHANGES = 10_000
MAX_BODY = 4000
"""Characters of a body that are kept."""


class Change(BaseModel):
    """One effective change: a call that repeats what is already so makes none.

    target: the record that changed: request, approval, certification or review item
    item: the access concerned; `beneficiary`: the identity whose access it is
    """

    id: int
    call: int
    at: datetime
    kind: str
    target: str
    item: str | None = None
    beneficiary: str | None = None
    actor: str | None = None

    def concerns(self, target: str) -> bool:
        return target in ("", self.target, self.item, self.beneficiary)


class Call(BaseModel):
    """One request. `identity` is the acting one; `changes` are the ids of what it changed.

    body: its JSON, or the beginning of it; a form, which may hold secrets, is not kept
    """

    id: int
    at: datetime
    operation: str
    method: str
    path: str
    query: str
    body: str = ""
    tracking_id: str
    client_id: str | None = None
    identity: str | None = None
    status: int | None = None
    fault: str | None = None
    changes: list[int] = []
    outcome: Outcome = Outcome.OPEN


class Journal:
    """The latest calls and changes, and totals since the last reset."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._change_ids = count(1)
        self._calls: deque[Call] = deque(maxlen=MAX_CALLS)
        self._changes: deque[Change] = deque(maxlen=MAX_CHANGES)
        self.by_operation: Counter[str] = Counter()
        self.by_status: Counter[int] = Counter()
        self.changes_by_kind: Counter[str] = Counter()

    def open(
        self,
        *,
        at: datetime,
        operation: str,
        method: str,
        path: str,
        query: str,
        body: bytes,
        tracking_id: str,
    ) -> Call:
        call = Call(
            id=next(self._ids),
            at=at,
            operation=operation,
            method=method,
            path=path,
            query=query,
            body=_kept(body),
            tracking_id=tracking_id,
        )
        self._calls.append(call)
        self.by_operation[operation] += 1
        return call

    def close(self, call: Call, outcome: Outcome, status: int | None = None) -> None:
        call.outcome = outcome
        call.status = status
        if status is not None:
            self.by_status[status] += 1

    def record(self, call: Call, change: Change) -> None:
        """Keeps a change and gives it its id."""
        change.id = next(self._change_ids)
        change.call = call.id
        call.changes.append(change.id)
        self._changes.append(change)
        self.changes_by_kind[change.kind] += 1

    def calls(self, *, operation: str = "", limit: int = MAX_CALLS) -> list[Call]:
        """The latest calls of an operation, or of all, oldest first."""
        return [call for call in self._calls if operation in ("", call.operation)][-limit:]

    def changes(self, *, target: str = "", kind: str = "") -> list[Change]:
        return [
            change
            for change in self._changes
            if kind in ("", change.kind) and change.concerns(target)
        ]

    def clear(self) -> None:
        self._calls.clear()
        self._changes.clear()
        self.by_operation.clear()
        self.by_status.clear()
        self.changes_by_kind.clear()


def _kept(body: bytes) -> str:
    is_json = body.lstrip()[:1] in (b"{", b"[")
    return body[:MAX_BODY].decode(errors="replace") if is_json else ""
