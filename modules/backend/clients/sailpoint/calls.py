"""What the subjects call SailPoint with: single records, lists by the page, searches, writes."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from modules.backend.clients.sailpoint.errors import Fault
from modules.backend.clients.sailpoint.filters import checked_id
from modules.backend.clients.sailpoint.shapes import Lenient, read_or_none, read_rows
from modules.backend.clients.sailpoint.transport import Call, Caller, Operation, Transport
from modules.backend.clients.sailpoint.wire import Answer
from modules.backend.core.observability import get_logger

log = get_logger(__name__)

M = TypeVar("M", bound=Lenient)

PAGE = 250
"""The most that a list gives at once."""
MAX_PAGES = 40


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows of a list. `next_offset` is None at the end."""

    rows: list[M]
    next_offset: int | None


@dataclass(frozen=True, slots=True)
class Query(Generic[M]):
    """A list: which rows, in which order, how they are read, and whose they must be.

    sorters: a stable order, without which pages overlap and leave gaps
    is_theirs: False for a row that says that it is another person's
    """

    operation: Operation
    model: type[M]
    params: Mapping[str, str]
    sorters: str | None = None
    ids: Mapping[str, str] | None = None
    is_theirs: Callable[[M], bool] = lambda _: True


class Calls:
    """One caller's way to SailPoint. Everything raises SailPointError."""

    def __init__(self, transport: Transport, caller: Caller) -> None:
        self._transport = transport
        self._caller = caller

    async def record(
        self, operation: Operation, model: type[M], ids: Mapping[str, str] | None = None
    ) -> M:
        answer = await self._call(operation, ids)
        return self._required(operation, answer, model)

    async def rows(self, operation: Operation, model: type[M], ids: Mapping[str, str]) -> list[M]:
        """A list that SailPoint gives whole."""
        return read_rows(model, self._rows(operation, await self._call(operation, ids)))

    async def read(self, operation: Operation, model: type[M], body: Any) -> M:
        """A question that is too long for an address."""
        answer = await self._call(operation, body=body)
        return self._required(operation, answer, model)

    async def page(self, query: Query[M], *, offset: int = 0, limit: int = PAGE) -> Page[M]:
        """Raises SailPointRefused, too, for an answer that is no list."""
        limit = min(max(limit, 1), PAGE)
        params = {**query.params, "limit": str(limit), "offset": str(offset)}
        if query.sorters is not None:
            params["sorters"] = query.sorters
        answer = await self._call(query.operation, query.ids, params)
        rows = self._rows(query.operation, answer)
        # Never asked for more than the contract allows, so fewer than asked for is the end.
        end = offset + len(rows) if len(rows) >= limit else None
        return Page(self._readable(query, rows), end)

    async def all_of(self, query: Query[M]) -> AsyncIterator[M]:
        """Every row, once: a list that changes while it is read may show a row on two pages.

        Raises SailPointRefused after `MAX_PAGES` pages that were not the last.
        """
        seen: set[str] = set()
        offset = 0
        for _ in range(MAX_PAGES):
            page = await self.page(query, offset=offset)
            for row in page.rows:
                key = str(getattr(row, "id", None) or row.model_dump_json())
                if key not in seen:
                    seen.add(key)
                    yield row
            if page.next_offset is None:
                return
            offset = page.next_offset
        raise Fault.SAILPOINT_TOO_MANY.error(query.operation.name)

    async def search(
        self, operation: Operation, body: Mapping[str, Any], model: type[M]
    ) -> list[M]:
        """One page of documents, at most `PAGE`."""
        answer = await self._call(operation, params={"limit": str(PAGE)}, body=body)
        return read_rows(model, self._rows(operation, answer))

    async def write(
        self, operation: Operation, body: Any = None, ids: Mapping[str, str] | None = None
    ) -> Any:
        """The body of the success, or None where it cannot be read: a success all the same."""
        return (await self._call(operation, ids, body=body)).body

    async def _call(
        self,
        operation: Operation,
        ids: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Answer:
        checked = {name: checked_id(value) for name, value in (ids or {}).items()}
        call = Call(operation, operation.path.format(**checked), params or {}, body)
        return await self._transport.call(call, self._caller)

    @staticmethod
    def _required(operation: Operation, answer: Answer, model: type[M]) -> M:
        read = read_or_none(model, answer.body)
        if read is None:
            raise Fault.SAILPOINT_UNREADABLE.error(operation.name, answered=answer.status)
        return read

    @staticmethod
    def _rows(operation: Operation, answer: Answer) -> Sequence[Any]:
        if not isinstance(answer.body, list):
            raise Fault.SAILPOINT_UNREADABLE.error(operation.name, answered=answer.status)
        return answer.body

    @staticmethod
    def _readable(query: Query[M], rows: Sequence[Any]) -> list[M]:
        read = read_rows(query.model, rows)
        if len(read) < len(rows):
            log.warning(
                "sailpoint.rows_unreadable",
                operation=query.operation.name,
                rows=len(rows) - len(read),
            )
        theirs = [row for row in read if query.is_theirs(row)]
        if len(theirs) < len(read):
            log.error(
                "sailpoint.rows_of_others_dropped",
                operation=query.operation.name,
                rows=len(read) - len(theirs),
            )
        return theirs
