"""Names that stand in two places: the scripts' and Terraform's, the page's rules and both."""

import json
import re
from fnmatch import fnmatch
from typing import Any

import pytest

from modules.backend.api.headers import RETURN_PAGE, for_our_frames, security_headers
from modules.backend.core.config import load_settings
from scripts import deployment_log, releases
from scripts.page import rules_for
from scripts.targets import APP_ENVS, RELEASES, SLOT, SUFFIXES, TARGETS, Target
from tests.fixtures.settings import SetEnvironment
from tests.fixtures.stores import ROOT

TERRAFORM = ROOT / "infrastructure" / "terraform"
EVERY = pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))


def locals_of(block: str) -> dict[str, str]:
    """The texts of a map in `locals.tf`."""
    found = re.search(rf"^\s+{block}\s+= \{{\n(.*?)\n\s+\}}", text("locals.tf"), re.M | re.S)
    assert found is not None
    return dict(re.findall(r'(\w+)\s+= "([^"]*)"', found[1]))


def text(name: str) -> str:
    return (TERRAFORM / name).read_text(encoding="utf-8")


def filled(template: str, target: Target) -> str:
    return (
        template.replace("${var.organisation}", "icarus")
        .replace("${var.environment}", target.environment)
        .replace("${local.suffix}", target.suffix)
    )


def test_suffixes_and_environments_are_terraforms() -> None:
    assert locals_of("suffixes") == SUFFIXES
    assert locals_of("app_envs") == APP_ENVS
    assert f'slot_name     = "{SLOT}"' in text("app_settings.tf")


@EVERY
def test_names_are_terraforms(target: Target) -> None:
    names = {key: filled(name, target) for key, name in locals_of("names").items()}

    assert names["resource_group"] == target.resource_group
    assert (names["web"], names["worker"]) == (target.web, target.worker)
    assert (names["scheduler"], names["page"]) == (target.scheduler, target.page)
    assert names["postgresql"] == target.database_server
    for side, block in (("live", "live"), ("slot", "slot")):
        vault = locals_of(block)["vault"]
        assert filled(vault, target) == target.vault(side)
    assert filled(locals_of("live")["redis"], target) == target.redis


@EVERY
def test_what_an_environment_has_is_what_its_tfvars_say(target: Target) -> None:
    values = dict(
        re.findall(r"^(\w+)\s+= (.*)$", text(f"environments/{target.environment}.tfvars"), re.M)
    )
    has_domains = values["custom_domains_enabled"] == "true"

    assert json.loads(values["deployment_slot_enabled"]) == target.with_slot
    assert json.loads(values["static_web_app_enabled"]) == target.with_page
    assert json.loads(values["location"]) == target.location
    assert target.api_host == (json.loads(values["api_domain"]) if has_domains else None)
    assert target.page_host == (json.loads(values["page_domain"]) if has_domains else None)


def test_releases_and_log_lie_where_the_states_lie() -> None:
    assert f'"{RELEASES}"' in text("environments/prod.backend.hcl")


def test_the_first_run_makes_every_container() -> None:
    made = re.search(
        r"for container in (.+); do\n\s+az storage container create", text("README.md")
    )

    assert made is not None
    assert sorted(made[1].split()) == sorted(
        [*TARGETS, releases.CONTAINER, deployment_log.CONTAINER]
    )


class TestHostingRules:
    rules: dict[str, Any] = json.loads((ROOT / "staticwebapp.config.json").read_text())

    @pytest.fixture
    def own(self, set_environment: SetEnvironment) -> dict[str, str]:
        """The headers of the product where people sign in by Entra ID."""
        set_environment(
            AUTH_ISSUER=None, ENTRA_TENANT_ID="tenant", ENTRA_CLIENT_ID="client", AUTH_AUDIENCE=None
        )
        return security_headers(load_settings())

    def test_the_page_lives_under_the_same_rules_on_both_hosts(self, own: dict[str, str]) -> None:
        self.assert_alike(self.rules["globalHeaders"], own)

    def test_so_does_the_return_from_a_sign_in(self, own: dict[str, str]) -> None:
        (route,) = [r for r in self.rules["routes"] if fnmatch(RETURN_PAGE, r["route"])]

        self.assert_alike(self.rules["globalHeaders"] | route["headers"], for_our_frames(own))

    def assert_alike(self, there: dict[str, str], own: dict[str, str]) -> None:
        assert {k: v for k, v in there.items() if k in own and k != POLICY} == {
            k: v for k, v in own.items() if k != POLICY
        }
        ours, theirs = directives(own[POLICY]), directives(there[POLICY])
        assert theirs.keys() == ours.keys()
        assert {k: v for k, v in theirs.items() if k != "connect-src"} == {
            k: v for k, v in ours.items() if k != "connect-src"
        }
        assert ours["connect-src"] <= theirs["connect-src"]

    def test_the_page_reaches_the_api_by_https_and_socket(self) -> None:
        allowed = directives(self.rules["globalHeaders"][POLICY])["connect-src"]
        host = TARGETS["prod"].api_host

        assert {f"https://{host}", f"wss://{host}"} <= allowed

    def test_another_environment_gets_its_own_host(self) -> None:
        rules = json.loads(rules_for("api.example"))
        allowed = directives(rules["globalHeaders"][POLICY])["connect-src"]

        assert {"https://api.example", "wss://api.example"} <= allowed
        assert "icarus.com" not in json.dumps(rules)

    def test_nothing_is_proxied(self) -> None:
        assert all("rewrite" not in route for route in self.rules["routes"])
        assert self.rules["navigationFallback"]["rewrite"] == "/index.html"


POLICY = "Content-Security-Policy"


def directives(policy: str) -> dict[str, set[str]]:
    parts = (part.split() for part in policy.split(";"))
    return {name: set(values) for name, *values in parts}
