"""SailPoint's OpenAPI document as a judge of bodies.

OpenAPI 3.0 is not JSON Schema: it says `nullable` where that says `null`. The official document
means more by it than the letter allows, so it is read by its meaning: `nullable` beside a `$ref`,
and in one member of an `allOf`, lets the whole be null; an enum may hold a bare null.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

DOCUMENT = Path(__file__).with_name("openapi-subset.json")
REFERENCE = "#/components/"
UNIONS = ("allOf", "oneOf", "anyOf")
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

Json = dict[str, Any]

formats = FormatChecker(formats=())


@formats.checks("date-time")
def is_date_time(value: object) -> bool:
    return not isinstance(value, str) or bool(DATE_TIME.fullmatch(value))


@cache
def document() -> Json:
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


@cache
def _components() -> Json:
    return {
        group: {name: translated(node) for name, node in nodes.items()}
        for group, nodes in document()["components"].items()
        if group == "schemas"
    }


def translated(node: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema."""
    if isinstance(node, list):
        return [translated(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    if mapping := node.get("discriminator", {}).get("mapping"):
        return _chosen_by(node["discriminator"]["propertyName"], mapping)
    schema = {key: translated(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [schema, {"type": "null"}]} if is_nullable(node) else schema


def _chosen_by(name: str, mapping: dict[str, str]) -> Json:
    """The schema that the value of a property chooses: the members alone do not differ enough."""
    choices = [
        {"if": {"properties": {name: {"const": value}}}, "then": {"$ref": reference}}
        for value, reference in mapping.items()
    ]
    return {"allOf": choices, "required": [name], "properties": {name: {"enum": list(mapping)}}}


def is_nullable(node: Json) -> bool:
    members = node.get("allOf", ())
    if any(member.get("nullable") and "$ref" not in member for member in members):
        return True
    return bool(node.get("nullable"))


def problems(schema: Json, body: Any) -> list[str]:
    """What is wrong with a body, place by place."""
    whole = {**translated(schema), "components": _components()}
    validator = Draft202012Validator(whole, format_checker=formats)
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(body)]


def undocumented(schema: Json, body: Any, place: str = "$") -> Iterator[str]:
    """The fields of a body that the schema does not know."""
    if isinstance(body, list):
        items = [node["items"] for node in _flat(schema) if "items" in node]
        for entry in body:
            for item in items[:1]:
                yield from undocumented(item, entry, f"{place}[]")
    elif isinstance(body, dict):
        nodes = list(_flat(schema))
        known: Json = {}
        for node in nodes:
            known |= node.get("properties", {})
        if not known or any("additionalProperties" in node for node in nodes):
            return
        for name, value in body.items():
            if name not in known:
                yield f"{place}.{name}"
            else:
                yield from undocumented(known[name], value, f"{place}.{name}")


def _flat(schema: Json) -> Iterator[Json]:
    """A schema and all of which it is made."""
    if reference := schema.get("$ref"):
        yield from _flat(resolved(reference))
        return
    yield schema
    for union in UNIONS:
        for member in schema.get(union, ()):
            yield from _flat(member)


def resolved(reference: str) -> Json:
    group, name = reference.removeprefix(REFERENCE).split("/")
    return document()["components"][group][name]


def schema_named(name: str) -> Json:
    return {"$ref": f"{REFERENCE}schemas/{name}"}


def operations() -> dict[str, tuple[str, str, Json]]:
    """Method, path and definition of each operation, by its id."""
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, item in document()["paths"].items()
        for method, operation in item.items()
    }


def answer_schema(operation_id: str, status: int) -> Json | None:
    """The schema of an answer; nothing for one without a body. Raises `KeyError` if undeclared."""
    answer = operations()[operation_id][2]["responses"][str(status)]
    if reference := answer.get("$ref"):
        answer = resolved(reference)
    content = answer.get("content")
    return content["application/json"]["schema"] if content else None


def body_schema(operation_id: str) -> Json:
    body = operations()[operation_id][2]["requestBody"]
    return body["content"]["application/json"]["schema"]
