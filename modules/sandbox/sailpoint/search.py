"""`POST /search` and its count: a query over one or more indices of what search knows by now."""

from functools import cmp_to_key
from typing import Any

from modules.sandbox.sailpoint.api_call import Answer, ApiCall, Handler, Json
from modules.sandbox.sailpoint.errors import bad_request
from modules.sandbox.sailpoint.listing import page_window, wants_count
from modules.sandbox.sailpoint.search_documents import VOCABULARIES, documents
from modules.sandbox.sailpoint.search_query import SearchQuery, values_at

MAX_LIMIT = 10_000
KNOWN = frozenset(
    {"indices", "query", "queryType", "sort", "searchAfter", "queryResultFilter", "includeNested"}
)
NESTED = ("access", "accounts", "apps", "owns", "entitlements", "accessProfiles", "dimensions")
ALWAYS_SHOWN = frozenset({"_type", "type", "_version"})


def search(call: ApiCall) -> Answer:
    """One page, sorted, after `searchAfter` if it is given."""
    body = _body(call)
    offset, limit = page_window(call, max_limit=MAX_LIMIT)
    found = _found(call, body)
    headers = {"x-total-count": str(len(found))} if wants_count(call) else {}
    sort = _texts(body, "sort")
    found.sort(key=cmp_to_key(_comparison(sort)))
    if "searchAfter" in body:
        found = _after(found, sort, _texts(body, "searchAfter"))
    page = found[offset : offset + limit]
    return Answer([_shown(document, body) for document in page], headers=headers)


def count(call: ApiCall) -> Answer:
    total = len(_found(call, _body(call)))
    return Answer(status=204, headers={"x-total-count": str(total)})


HANDLERS: dict[str, Handler] = {"searchPostV1": search, "searchCountV1": count}


def _body(call: ApiCall) -> Json:
    body = call.json_object()
    if unknown := body.keys() - KNOWN:
        raise bad_request(f"Not supported: {', '.join(sorted(unknown))}.")
    if body.get("queryType", "SAILPOINT") != "SAILPOINT":
        raise bad_request("Only the queryType SAILPOINT is supported.")
    return body


def _found(call: ApiCall, body: Json) -> list[Json]:
    query = body.get("query")
    if not isinstance(query, dict) or not isinstance(query.get("query"), str):
        raise bad_request("query.query is required.")
    if unknown := query.keys() - {"query"}:
        raise bad_request(f"Not supported: query.{', query.'.join(sorted(unknown))}.")
    indices = _texts(body, "indices") or ["*"]
    if indices == ["*"]:
        indices = list(VOCABULARIES)
    if unknown := set(indices) - VOCABULARIES.keys():
        raise bad_request(f"Not supported: indices {', '.join(sorted(unknown))}.")
    found: list[Json] = []
    for index in indices:
        matches = SearchQuery(query["query"], VOCABULARIES[index]).matches
        found += [one for one in documents(call.tenant, index) if matches(one)]
    return found


def _texts(body: Json, name: str) -> list[str]:
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise bad_request(f"{name} must be a list of texts.")
    return value


def _field(sorter: str) -> str:
    return sorter.lstrip("+-")


def _key(document: Json, sorter: str) -> str:
    value = next(values_at(document, _field(sorter)), None)
    return "" if value is None else str(value)


def _comparison(sort: list[str]) -> Any:
    def compare(left: list[str] | Json, right: list[str] | Json) -> int:
        for position, sorter in enumerate(sort):
            one, other = (
                side[position] if isinstance(side, list) else _key(side, sorter)
                for side in (left, right)
            )
            if one != other:
                order = -1 if one < other else 1
                return -order if sorter.startswith("-") else order
        return 0

    return compare


def _after(found: list[Json], sort: list[str], values: list[str]) -> list[Json]:
    if len(values) != len(sort) or not sort:
        raise bad_request("searchAfter must hold a value for each field of sort.")
    if "id" not in map(_field, sort):
        raise bad_request("searchAfter requires a sort with id.")
    compare = _comparison(sort)
    return [document for document in found if compare(document, values) > 0]


def _shown(document: Json, body: Json) -> Json:
    shown = dict(document)
    if not body.get("includeNested", True):
        for name in NESTED:
            shown.pop(name, None)
    chosen = body.get("queryResultFilter")
    if chosen is None:
        return shown
    if not isinstance(chosen, dict):
        raise bad_request("queryResultFilter must be an object.")
    if includes := _texts(chosen, "includes"):
        shown = _only(shown, includes)
    for path in _texts(chosen, "excludes"):
        shown.pop(path, None)
    return shown


def _only(document: Json, includes: list[str]) -> Json:
    """The named fields; of `manager.id` the manager with nothing else."""
    shown = {name: document[name] for name in ALWAYS_SHOWN if name in document}
    for path in includes:
        name, _, rest = path.partition(".")
        if name not in document:
            continue
        value = document[name]
        if not rest:
            shown[name] = value
        elif isinstance(value, dict) and rest in value:
            shown.setdefault(name, {})
            shown[name][rest] = value[rest]
    return shown
