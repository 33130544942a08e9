"""Where the state lies, and what must never be in it."""

from typing import Any

import hcl2
import pytest

from tests.infrastructure.configuration import (
    ENVIRONMENTS,
    FOLDER,
    Block,
    blocks,
    configuration,
)
from tests.infrastructure.functions import Unknown

HELD_BY_AZURE = {"postgresql_administrator_password"}
"""Given on the command line, sent on as a write-only argument, kept in no file."""


def backend(environment: str) -> dict[str, Any]:
    text = (FOLDER / "environments" / f"{environment}.backend.hcl").read_text(encoding="utf-8")
    return dict(Block(hcl2.parses_to_tree(text).children[0], {}, "backend"))


def test_no_environment_writes_into_anothers_state() -> None:
    places = {(backend(e)["container_name"], backend(e)["key"]) for e in ENVIRONMENTS}

    assert len(places) == len(ENVIRONMENTS)


def test_the_state_is_reached_without_a_key() -> None:
    ((_, terraform),) = blocks("terraform")
    (settings,) = Block(terraform, {}, "terraform")["backend"]

    assert settings["use_oidc"]
    assert settings["use_azuread_auth"]


def test_no_secret_is_a_resource() -> None:
    kinds = {kind for (kind, _), _ in blocks("resource")}

    assert not kinds & {
        "azurerm_key_vault_secret",
        "random_password",
        "azuread_application_password",
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_argument_that_is_kept_holds_a_secret(environment: str) -> None:
    found = configuration(environment)
    secret = found.variables["postgresql_administrator_password"]
    holders = [
        f"{address}.{name}"
        for kind in found.kinds()
        for address, block in found.resources(kind).items()
        for name, value in leaves(block)
        if value == secret
    ]

    assert holders == ["azurerm_postgresql_flexible_server.this.administrator_password_wo"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_setting_holds_a_secret(environment: str) -> None:
    apps = configuration(environment).resources("azurerm_linux_web_app").values()
    held = {
        name: value
        for app in apps
        for name, value in app["app_settings"].items()
        if name.endswith(("_KEY", "_SECRET", "_PASSWORD", "_URL")) and "BASE_URL" not in name
    }

    assert held
    assert all(value.startswith("@Microsoft.KeyVault(") for value in held.values())


def test_the_password_leaves_no_trace() -> None:
    bodies = {name: Block(body, {}, name) for (name,), body in blocks("variable")}

    assert all(bodies[name]["ephemeral"] and bodies[name]["sensitive"] for name in HELD_BY_AZURE)


def test_no_output_is_a_secret() -> None:
    outputs = {
        name: Block(body, configuration("prod").scope, name) for (name,), body in blocks("output")
    }
    words = ("password", "access_key", "api_key", "connection_string", "token")
    told = [
        f"{name}: {value}"
        for name, output in outputs.items()
        for _, value in leaves({"value": output["value"]})
        if isinstance(value, Unknown) and any(word in value for word in words)
    ]

    assert len(outputs) > 5
    assert told == []


def leaves(value: Any, name: str = "") -> list[tuple[str, Any]]:
    """Every value inside, by the last name on the way to it."""
    if isinstance(value, list):
        return [leaf for one in value for leaf in leaves(one, name)]
    if hasattr(value, "items") and not isinstance(value, str):
        skipped = {"for_each", "count", "depends_on", "lifecycle"}
        return [
            leaf for key in value if key not in skipped for leaf in leaves(value[key], str(key))
        ]
    return [(name, value)]
