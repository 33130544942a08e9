"""The Terraform files, evaluated for one environment without Azure, a provider or Terraform itself.

An expression in `Configuration.value` is Terraform's own: `azurerm_service_plan.web.sku_name`,
`local.secrets`, `length(azurerm_key_vault.this)`. Validations are checked, lifecycles are not.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

from tests.fixtures.stores import ROOT
from tests.infrastructure.expressions import Node, evaluate, expression, name_of, parts
from tests.infrastructure.functions import Invalid, Unknown, items

FOLDER = ROOT / "infrastructure" / "terraform"
ENVIRONMENTS = ("dev", "staging", "prod", "dr")

GIVEN_ELSEWHERE = {
    "entra_client_id": "11111111-1111-1111-1111-111111111111",
    "pipeline_principal_id": "22222222-2222-2222-2222-222222222222",
    "security_team_object_id": "33333333-3333-3333-3333-333333333333",
    "devops_infrastructure_object_id": "44444444-4444-4444-4444-444444444444",
    "postgresql_administrator_password": "not-a-real-password",
}
"""What no tfvars file holds: the pipeline gives it as TF_VAR_…"""


class Block(Mapping[str, Any]):
    """The inside of a block. What was not written reads as `Unknown`, and `in` says so."""

    def __init__(self, body: Node, scope: Mapping[str, Any], address: str) -> None:
        self._scope = scope
        self._address = address
        self._attributes = {
            name_of(a): a.children[-1] for a in parts(body) if a.data == "attribute"
        }
        self._blocks = [block for block in parts(body) if block.data == "block"]
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = self._evaluated(name)
        return self._known[name]

    def _evaluated(self, name: str) -> Any:
        if name in self._attributes:
            return evaluate(self._attributes[name], self._scope)
        found = [inner for block in self._blocks for inner in self._inner(block, name)]
        written = name in {labels(block)[0] for block in self._blocks} | {*self._dynamic()}
        return found if written else Unknown(f"{self._address}.{name}")

    def _inner(self, block: Node, name: str) -> Iterator["Block"]:
        kind, *rest = labels(block)
        address = f"{self._address}.{name}"
        if kind == name:
            yield Block(body_of(block), self._scope, address)
        if kind == "dynamic" and rest == [name]:
            dynamic = Block(body_of(block), self._scope, address)
            (content,) = (body_of(b) for b in dynamic._blocks)
            for key, value in items(dynamic["for_each"]):
                scope = {**self._scope, name: {"key": key, "value": value}}
                yield Block(content, scope, address)

    def _dynamic(self) -> Iterator[str]:
        return (labels(block)[1] for block in self._blocks if labels(block)[0] == "dynamic")

    def __contains__(self, name: object) -> bool:
        return any(name == one for one in self)

    def get(self, name: str, default: Any = None) -> Any:
        written = name in self
        return self[name] if written else default

    def __iter__(self) -> Iterator[str]:
        yield from self._attributes
        yield from {labels(b)[0] for b in self._blocks} - {"dynamic", "lifecycle"}
        yield from self._dynamic()

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Lazy(Mapping[str, Any]):
    """A mapping whose values are made when they are read, once."""

    def __init__(self, makers: Mapping[str, Any]) -> None:
        self._makers = makers
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


class Configuration:
    """One environment, as its tfvars file makes it; `changes` are variables given on top."""

    def __init__(self, environment: str, /, **changes: Any) -> None:
        self._given = {**GIVEN_ELSEWHERE, **tfvars(environment), **changes}
        declared = blocks("variable")
        if unknown := self._given.keys() - {name for (name,), _ in declared}:
            raise Invalid(f"no such variable: {sorted(unknown)}")
        self.variables = {name: self._variable(name, body) for (name,), body in declared}
        self.scope: dict[str, Any] = {"var": self.variables}
        self.scope["local"] = Lazy(
            {
                name_of(a): lambda a=a: evaluate(a.children[-1], self.scope)
                for _, body in blocks("locals")
                for a in parts(body)
            }
        )
        self.scope["data"] = {
            kind: {name: Unknown(f"data.{kind}.{name}")} for (kind, name), _ in blocks("data")
        }
        for kind in self.kinds():
            self.scope[kind] = Lazy(
                {
                    name: lambda kind=kind, name=name, body=body: self._instances(kind, name, body)
                    for (of, name), body in blocks("resource")
                    if of == kind
                }
            )

    @staticmethod
    def kinds() -> set[str]:
        return {kind for (kind, _), _ in blocks("resource")}

    def value(self, text: str) -> Any:
        """The value of an expression of Terraform's. Blocks come as mappings."""
        return evaluate(expression(text), self.scope)

    def resources(self, kind: str) -> dict[str, Block]:
        """All instances of a kind by their addresses."""
        found: dict[str, Block] = {}
        for name, made in self.scope[kind].items():
            instances = dict(items(made)) if not isinstance(made, Block) else {None: made}
            for key, block in instances.items():
                found[f"{kind}.{name}" + ("" if key is None else f"[{key!r}]")] = block
        return found

    def faults(self) -> list[str]:
        """What the validations of the variables have to say."""
        found = []
        for (name,), body in blocks("variable"):
            rules = Block(body, self.scope, f"var.{name}")
            for rule in rules.get("validation", []):
                if not rule["condition"]:
                    found.append(str(rule["error_message"]))
        return found

    def _variable(self, name: str, body: Node) -> Any:
        block = Block(body, {}, f"var.{name}")
        if name in self._given:
            kind = next(a.children[-1] for a in parts(body) if name_of(a) == "type")
            return _completed(kind, self._given[name])
        if "default" not in block:
            raise Invalid(f"var.{name} has no value")
        return block["default"]

    def _instances(self, kind: str, name: str, body: Node) -> Any:
        whole = Block(body, self.scope, f"{kind}.{name}")
        if "for_each" in whole:
            return {
                key: Block(
                    body,
                    {**self.scope, "each": {"key": key, "value": value}},
                    f'{kind}.{name}["{key}"]',
                )
                for key, value in items(whole["for_each"])
            }
        if "count" in whole:
            return [
                Block(body, {**self.scope, "count": {"index": i}}, f"{kind}.{name}[{i}]")
                for i in range(whole["count"])
            ]
        return whole


def _completed(kind: Node, value: Any) -> Any:
    """The value with what `optional(type, default)` fills in."""
    call = parts(kind)[0] if kind.data == "expr_term" else kind
    if call.data != "function_call" or value is None:
        return value
    function, arguments = parts(call)
    if name_of(function) == "optional":
        return _completed(parts(arguments)[0], value)
    if name_of(function) != "object":
        return value
    done = {}
    for element in parts(parts(parts(arguments)[0])[0]):
        key, inner = parts(element)
        name = name_of(parts(parts(key)[0])[0])
        done[name] = _completed(inner, value[name] if name in value else _default(inner))
    return done


def _default(kind: Node) -> Any:
    """What a part of an object is when it was left out."""
    given = parts(parts(parts(kind)[0])[1])
    return evaluate(given[1], {}) if len(given) > 1 else None


def labels(block: Node) -> list[str]:
    """The words before the brace."""
    return [
        "".join(map(name_of, parts(part))) if part.data == "string" else name_of(part)
        for part in parts(block)[:-1]
    ]


def body_of(block: Node) -> Node:
    return parts(block)[-1]


@cache
def _parsed(path: Path) -> Node:
    return hcl2.parses_to_tree(path.read_text(encoding="utf-8")).children[0]


@cache
def blocks(kind: str) -> list[tuple[tuple[str, ...], Node]]:
    """All blocks of a kind: their labels and bodies."""
    return [
        (tuple(labels(block)[1:]), body_of(block))
        for path in sorted(FOLDER.glob("*.tf"))
        for block in parts(_parsed(path))
        if block.data == "block" and labels(block)[0] == kind
    ]


def tfvars(environment: str) -> dict[str, Any]:
    """What the environment's file says."""
    return dict(Block(_parsed(FOLDER / "environments" / f"{environment}.tfvars"), {}, "var"))


@cache
def configuration(environment: str) -> Configuration:
    """The environment as it is in the files."""
    return Configuration(environment)
