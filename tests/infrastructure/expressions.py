"""Terraform's expressions, as far as `infrastructure/terraform` uses them.

`evaluate` walks the tree that python-hcl2 parses. What only a provider knows, such as an id, is an
`Unknown`: text that names it. Whatever is not known here raises, so nothing is passed over.
"""

import json
import textwrap
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeAlias

import hcl2
from lark import Token, Tree

from tests.infrastructure.functions import FUNCTIONS, Invalid, Unknown, items, refuse, text

Node: TypeAlias = Tree[Token]
Scope = Mapping[str, Any]


class Unsupported(Exception):
    """Something of Terraform's language that is not known here: teach it, or write it otherwise."""


@cache
def expression(text: str) -> Node:
    """The tree of one expression."""
    return hcl2.parses_to_tree(f"it = {text}\n").children[0].children[0].children[-1]


def evaluate(node: Node, scope: Scope) -> Any:
    rule = _RULES.get(str(node.data))
    if rule is None:
        raise Unsupported(f"expression {node.data}")
    return rule(node, scope)


def parts(node: Node) -> list[Node]:
    """The children without punctuation and comments."""
    return [c for c in node.children if isinstance(c, Tree) and c.data != "new_line_or_comment"]


def name_of(node: Node) -> str:
    """The text of an identifier."""
    token = node.children[0]
    return name_of(token) if isinstance(token, Tree) else str(token)


# --- Literals -------------------------------------------------------------------------------------


def _term(node: Node, scope: Scope) -> Any:
    return evaluate(parts(node)[0], scope)


def _literal(node: Node, _: Scope) -> Any:
    return json.loads(node.children[0])


def _string(node: Node, scope: Scope) -> Any:
    pieces = [piece.children[0] for piece in parts(node)]
    if len(pieces) == 1 and isinstance(pieces[0], Tree):
        return evaluate(parts(pieces[0])[0], scope)
    return "".join(
        text(evaluate(parts(piece)[0], scope)) if isinstance(piece, Tree) else _unescaped(piece)
        for piece in pieces
    )


def _unescaped(token: Token) -> str:
    text = token.replace("$${", "${").replace("%%{", "%{")
    return str(json.loads(f'"{text}"', strict=False))


def _heredoc(node: Node, scope: Scope) -> str:
    lines = str(node.children[0]).rstrip("\n").split("\n")[1:-1]
    body = "\n".join([*lines, ""])
    if node.data == "heredoc_template_trim":
        body = textwrap.dedent(body)
    quoted = body.replace("\\", "\\\\")
    return str(evaluate(expression(f'"{quoted}"'), scope))


def _tuple(node: Node, scope: Scope) -> list[Any]:
    return [evaluate(part, scope) for part in parts(node)]


def _object(node: Node, scope: Scope) -> dict[Any, Any]:
    pairs = (parts(element) for element in parts(node))
    return {_key(key, scope): evaluate(value, scope) for key, value in pairs}


def _key(node: Node, scope: Scope) -> Any:
    (key,) = parts(node)
    bare = parts(key)[0] if key.data == "expr_term" else key
    if bare.data in ("identifier", "keyword") and not isinstance(key.children[0], Token):
        return name_of(bare)
    return evaluate(key, scope)


# --- References -----------------------------------------------------------------------------------


def _identifier(node: Node, scope: Scope) -> Any:
    return scope[name_of(node)]


def _attribute(node: Node, scope: Scope) -> Any:
    owner, step = parts(node)
    return _stepped(evaluate(owner, scope), step, scope)


def _stepped(value: Any, step: Node, scope: Scope) -> Any:
    if step.data == "get_attr":
        key: Any = name_of(parts(step)[0])
        if isinstance(value, Unknown):
            return value.attribute(key)
    elif step.data == "braces_index":
        key = evaluate(parts(step)[0], scope)
    else:
        raise Unsupported(f"step {step.data}")
    try:
        return value[key]
    except (KeyError, IndexError, TypeError) as error:
        raise Invalid(f"no {key!r} in {value!r}") from error


def _splat(node: Node, scope: Scope) -> list[Any]:
    owner, splat = parts(node)
    value = evaluate(owner, scope)
    values = [] if value is None else value if isinstance(value, list) else [value]
    for step in parts(splat):
        values = [_stepped(one, step, scope) for one in values]
    return values


# --- Operators ------------------------------------------------------------------------------------


def _conditional(node: Node, scope: Scope) -> Any:
    condition, then, otherwise = parts(node)
    return evaluate(then if evaluate(condition, scope) else otherwise, scope)


def _unary(node: Node, scope: Scope) -> Any:
    value = evaluate(parts(node)[0], scope)
    return not value if str(node.children[0]) == "!" else -value


def _binary(node: Node, scope: Scope) -> Any:
    left, term = parts(node)
    operator, right = parts(term)
    sign = str(operator.children[0])
    first = evaluate(left, scope)
    if sign in ("&&", "||"):
        return first if first == (sign == "||") else evaluate(right, scope)
    return _OPERATORS[sign](first, evaluate(right, scope))


def _whole(number: float) -> float:
    """Terraform has one kind of number."""
    return int(number) if number == int(number) else number


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: _whole(a + b),
    "-": lambda a, b: _whole(a - b),
    "*": lambda a, b: _whole(a * b),
    "/": lambda a, b: _whole(a / b),
}


# --- for ------------------------------------------------------------------------------------------


def _turns(intro: Node, scope: Scope) -> Iterable[Scope]:
    *names, collection = parts(intro)
    for key, value in items(evaluate(collection, scope)):
        yield {**scope, **dict(zip(map(name_of, names), [key, value][-len(names) :], strict=True))}


def _kept(node: Node, scope: Scope) -> bool:
    conditions = [part for part in parts(node) if part.data == "for_cond"]
    return all(evaluate(parts(condition)[0], scope) for condition in conditions)


def _for_tuple(node: Node, scope: Scope) -> list[Any]:
    intro, result = parts(node)[:2]
    return [evaluate(result, turn) for turn in _turns(intro, scope) if _kept(node, turn)]


def _for_object(node: Node, scope: Scope) -> dict[Any, Any]:
    intro, key, result = parts(node)[:3]
    return {
        evaluate(key, turn): evaluate(result, turn)
        for turn in _turns(intro, scope)
        if _kept(node, turn)
    }


# --- Functions ------------------------------------------------------------------------------------


def _call(node: Node, scope: Scope) -> Any:
    function, *rest = parts(node)
    name = name_of(function)
    given = parts(rest[0]) if rest else []
    if name in ("try", "can"):
        return _tried(name, given, scope)
    arguments = [evaluate(argument, scope) for argument in given]
    if rest and any(str(token) == "..." for token in rest[0].children):
        arguments = [*arguments[:-1], *arguments[-1]]
    if name not in FUNCTIONS:
        raise Unsupported(f"function {name}")
    return FUNCTIONS[name](*arguments)


def _tried(name: str, given: list[Node], scope: Scope) -> Any:
    for argument in given:
        try:
            value = evaluate(argument, scope)
        except (Invalid, KeyError, ValueError):
            continue
        return True if name == "can" else value
    return False if name == "can" else refuse("nothing worked")


_RULES: dict[str, Callable[[Node, Scope], Any]] = {
    "attr_splat_expr_term": _splat,
    "binary_op": _binary,
    "conditional": _conditional,
    "expr_term": _term,
    "float_lit": _literal,
    "for_object_expr": _for_object,
    "for_tuple_expr": _for_tuple,
    "full_splat_expr_term": _splat,
    "function_call": _call,
    "get_attr_expr_term": _attribute,
    "heredoc_template": _heredoc,
    "heredoc_template_trim": _heredoc,
    "identifier": _identifier,
    "index_expr_term": _attribute,
    "int_lit": _literal,
    "literal_value": _literal,
    "object": _object,
    "string": _string,
    "tuple": _tuple,
    "unary_op": _unary,
}
