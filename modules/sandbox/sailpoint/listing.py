"""What all lists share: filter, order, page and count."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from modules.sandbox.sailpoint.api_call import Answer, ApiCall
from modules.sandbox.sailpoint.errors import bad_request
from modules.sandbox.sailpoint.filters import Field, Filter, Row

MAX_LIMIT = 250


def answer_list(
    call: ApiCall,
    rows: Iterable[Row],
    view: Callable[[Row], Any],
    *,
    fields: Mapping[str, Field[Row]] | None = None,
    sorters: Mapping[str, Callable[[Row], Any]] | None = None,
    filtered: bool = True,
) -> Answer:
    """One page of the rows, as the call asks for it. Raises `ApiError` for what it may not ask.

    filtered: whether the `filters` of the call count
    """
    start, limit = page_window(call)
    found = list(rows)
    if filtered and (text := call.query.get("filters")):
        matches = Filter(text, fields or {}).matches
        found = [row for row in found if matches(row)]
    found = _ordered(found, call.query.get("sorters") or "", sorters or {})
    headers = {"x-total-count": str(len(found))} if wants_count(call) else {}
    return Answer([view(row) for row in found[start : start + limit]], headers=headers)


def page_window(call: ApiCall, *, max_limit: int = MAX_LIMIT) -> tuple[int, int]:
    """`offset` and `limit`. Raises `ApiError`."""
    offset = _number(call, "offset", default=0)
    limit = _number(call, "limit", default=MAX_LIMIT)
    if limit > max_limit:
        if call.switches.over_limit == "refuse":
            raise bad_request(f"limit must be at most {max_limit}.")
        limit = max_limit
    return offset, limit


def wants_count(call: ApiCall) -> bool:
    return flag(call, "count")


def flag(call: ApiCall, name: str) -> bool:
    """A query parameter that is true or false. Raises `ApiError`."""
    text = call.query.get(name, "false")
    if text not in ("true", "false"):
        raise bad_request(f"{name} must be true or false.")
    return text == "true"


def _number(call: ApiCall, name: str, *, default: int) -> int:
    text = call.query.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise bad_request(f"{name} must be a whole number, 0 or above.")
    return int(text)


def _ordered(rows: list[Row], text: str, sorters: Mapping[str, Callable[[Row], Any]]) -> list[Row]:
    for sorter in reversed([part.strip() for part in text.split(",") if part.strip()]):
        name = sorter.removeprefix("-")
        key = sorters.get(name)
        if key is None:
            raise bad_request(f'Sorting by "{name}" is not supported.')
        rows = sorted(rows, key=_nothing_first(key), reverse=sorter.startswith("-"))
    return rows


def _nothing_first(key: Callable[[Row], Any]) -> Callable[[Row], Any]:
    def keyed(row: Row) -> tuple[bool, Any]:
        value = key(row)
        return value is not None, "" if value is None else value

    return keyed
