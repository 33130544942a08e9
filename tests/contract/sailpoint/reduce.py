"""Makes `openapi-subset.json` from SailPoint's OpenAPI document: shapes only, no prose.

    uv run --no-project --with pyyaml python reduce.py sailpoint-api.yaml > openapi-subset.json

What is kept: paths, parameters, bodies, answers, schemas, security, user levels. What is dropped:
descriptions, summaries, examples, tags, operations that the product does not call, and the
components that then nobody refers to. Of the prose two facts are kept: by which fields and
operators a list can be filtered (`x-filters`) and sorted (`x-sorters`).
"""

import json
import re
import sys
from typing import Any

FILTER = re.compile(r"^\*\*(?P<field>[\w.]+)\*\*: \*(?P<operators>[a-z, ]+)\*", re.MULTILINE)
SORTERS = re.compile(r"following fields: \*\*(?P<fields>[^*]+)\*\*")
PROSE = frozenset({"description", "summary", "example", "examples", "tags", "externalDocs"})
NAMED = frozenset({"properties", "schemas", "x-filters"})
CALLED = frozenset(
    {
        "GET /public-identities/v1",
        "GET /identities/v1/{id}",
        "GET /identities/v1/{identityId}/role-assignments",
        "GET /entitlements/v1",
        "GET /entitlements/v1/identities/{id}/entitlements",
        "POST /search/v1",
        "POST /search/v1/count",
        "GET /requestable-objects/v1",
        "GET /access-request-config/v2",
        "GET /access-profiles/v1/{id}",
        "GET /roles/v1/{id}",
        "POST /sod-violations/v1/predict",
        "POST /access-requests/v1",
        "POST /access-requests/v1/accounts-selection",
        "POST /access-requests/v1/cancel",
        "GET /access-request-status/v1",
        "GET /access-request-approvals/v1/pending",
        "GET /access-request-approvals/v1/completed",
        "GET /access-request-approvals/v1/approval-summary",
        "POST /access-request-approvals/v1/{approvalId}/approve",
        "POST /access-request-approvals/v1/{approvalId}/reject",
        "POST /access-request-approvals/v1/{approvalId}/forward",
        "GET /campaigns/v1",
        "GET /certifications/v1",
        "GET /certifications/v1/{id}",
        "GET /certifications/v1/{id}/access-review-items",
        "GET /certifications/v1/{id}/identity-summaries",
        "GET /certifications/v1/{id}/decision-summary",
        "POST /certifications/v1/{id}/decide",
        "POST /certifications/v1/{id}/sign-off",
        "POST /certifications/v1/{id}/reassign",
    }
)


def reduce_document(document: dict[str, Any]) -> dict[str, Any]:
    """The called operations and every component that they reach."""
    paths = {path: _called(path, item) for path, item in document["paths"].items()}
    paths = {path: item for path, item in paths.items() if item}
    components: dict[str, dict[str, Any]] = {
        "securitySchemes": without_prose(document["components"]["securitySchemes"])
    }
    waiting = sorted(references(paths))
    while waiting:
        _, _, group, name = waiting.pop().split("/")
        if name in components.setdefault(group, {}):
            continue
        components[group][name] = without_prose(document["components"][group][name])
        waiting += sorted(references(components[group][name]))
    return {
        "openapi": document["openapi"],
        "info": {"title": document["info"]["title"], "version": document["info"]["version"]},
        "paths": paths,
        "components": components,
    }


def without_prose(node: Any, *, names: bool = False) -> Any:
    """A copy without prose. `names`: the keys are names that somebody chose, not keywords."""
    if isinstance(node, list):
        return [without_prose(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    return {
        key: without_prose(value, names=not names and key in NAMED)
        for key, value in node.items()
        if names or key not in PROSE
    }


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*(references(entry) for entry in node))
    if not isinstance(node, dict):
        return set()
    found = set().union(*(references(value) for value in node.values()))
    if isinstance(reference := node.get("$ref"), str):
        found.add(reference)
    return found


def _called(path: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        method: {**without_prose(operation), **_facts(operation)}
        for method, operation in item.items()
        if f"{method.upper()} {path}" in CALLED
    }


def _facts(operation: dict[str, Any]) -> dict[str, Any]:
    """What only the prose of the parameters says."""
    prose = {
        parameter.get("name"): parameter.get("description", "")
        for parameter in operation.get("parameters", ())
    }
    filters = {
        found["field"]: found["operators"].split(", ")
        for found in FILTER.finditer(prose.get("filters", ""))
    }
    sorters = SORTERS.search(prose.get("sorters", ""))
    facts: dict[str, Any] = {"x-filters": filters} if filters else {}
    if sorters:
        facts["x-sorters"] = sorters["fields"].split(", ")
    return facts


if __name__ == "__main__":
    import yaml  # not among the packages of the product: used once for each new version

    with open(sys.argv[1], encoding="utf-8") as source:
        reduced = reduce_document(yaml.safe_load(source))
    json.dump(reduced, sys.stdout, indent=1, sort_keys=True, default=str)
    sys.stdout.write("\n")
