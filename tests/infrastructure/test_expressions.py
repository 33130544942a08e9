"""Terraform's expressions mean here what they mean to Terraform."""

from typing import Any

import pytest

from tests.infrastructure.expressions import Unsupported, evaluate, expression
from tests.infrastructure.functions import Invalid, Unknown

SCOPE: dict[str, Any] = {
    "local": {"sizes": {"b": 2, "a": 1}, "names": ["x", "y"], "nothing": None},
    "azurerm_key_vault": {"this": Unknown("azurerm_key_vault.this")},
}


def value(text: str) -> Any:
    return evaluate(expression(text), SCOPE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("7 / 2", 3.5),
        ("80 * 50 / 100", 40),
        ("-3", -3),
        ("!true || 1 < 2 && 2 >= 2", True),
        ('local.nothing == null ? "none" : local.nothing.x', "none"),
        ('"${local.sizes.a}-${local.names[1]}"', "1-y"),
        ('"${local.sizes["b"]}"', 2),
        ('"$${kept}"', "${kept}"),
        (r'"a\"b\n"', 'a"b\n'),
        ("[for key, size in local.sizes : key if size > 1]", ["b"]),
        ('{ for name in local.names : name => "${name}!" }', {"x": "x!", "y": "y!"}),
        ("[for key, size in local.sizes : key]", ["a", "b"]),
        ('{ (local.names[0]) = 1, "q r" = 2, s = 3 }', {"x": 1, "q r": 2, "s": 3}),
        ("local.nothing[*]", []),
        ("merge([{ a = 1 }, { b = 2 }]...)", {"a": 1, "b": 2}),
        ("keys(local.sizes)", ["a", "b"]),
        ('try(local.sizes.c, "other")', "other"),
        ("can(local.sizes.c)", False),
        ('can(regex("^[a-z]+$", "abc"))', True),
        ('cidrsubnet("10.0.0.0/16", 8, 3)', "10.0.3.0/24"),
        ("flatten([[1], [2, [3]]])", [1, 2, 3]),
        ("tostring(1000 * 120)", "120000"),
        ("tostring(true)", "true"),
        ('jsonencode(["a"])', '["a"]'),
        ("toset(local.names)", {"x", "y"}),
        ("one([])", None),
        ('coalesce(null, "", "c")', "c"),
        ("<<-TEXT\n    one ${local.names[0]}\n      two\n  TEXT\n", "one x\n  two\n"),
    ],
)
def test_has_a_value(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_what_only_a_provider_knows_is_named() -> None:
    known = value('"id: ${azurerm_key_vault.this["live"].id}"')

    assert known == 'id: azurerm_key_vault.this["live"].id'


@pytest.mark.parametrize("text", ["local.sizes.c", "local.names[2]", "one([1, 2])"])
def test_what_is_not_there_is_an_error(text: str) -> None:
    with pytest.raises(Invalid):
        value(text)


@pytest.mark.parametrize("text", ["timestamp()", "1 % 2"])
def test_what_is_not_known_here_is_not_passed_over(text: str) -> None:
    with pytest.raises((Unsupported, KeyError)):
        value(text)
