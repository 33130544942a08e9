"""The settings that Terraform renders, against those who read them."""

import json
from typing import Any

import pytest

from modules.backend.api.headers import RETURN_PAGE
from modules.backend.core.config import load_settings
from modules.backend.core.settings import Environment
from scripts.targets import SLOT, TARGETS
from tests.fixtures.settings import SetEnvironment
from tests.infrastructure.configuration import (
    ENVIRONMENTS,
    Block,
    Configuration,
    blocks,
    configuration,
)
from tests.infrastructure.functions import Unknown
from tests.unit.test_house import example

READ_BY_OTHERS = {
    "AZURE_CLIENT_ID": "azure-identity: which identity signs in",
    "AZURE_TOKEN_CREDENTIALS": "azure-identity: no other way to sign in is tried",
    "SCM_DO_BUILD_DURING_DEPLOYMENT": "App Service: the deployment builds the environment",
    "WEBSITES_CONTAINER_STOP_TIME_LIMIT": "App Service: seconds to stop",
    "WEBSITE_DISABLE_OVERLAPPED_RECYCLING": "App Service: the old process ends first",
    "WEBSITE_PROACTIVE_AUTOHEAL_ENABLED": "App Service: its own rules to recycle",
    "WEBSITE_SWAP_WARMUP_PING_PATH": "App Service: what a swap waits for",
    "WEBSITE_SWAP_WARMUP_PING_STATUSES": "App Service: and how it must answer",
    "WEBSITE_WARMUP_PATH": "App Service: what a start waits for",
    "WEBSITE_WARMUP_STATUSES": "App Service: and how it must answer",
}
"""Names that the product itself does not read, and who does."""

IN_THE_VAULT = {
    "DATABASE_URL": "postgresql+asyncpg://u:p@db.example:6432/chatbot?sslmode=require",
    "REDIS_URL": "rediss://:key@redis.example:10000/0",
    "SAILPOINT_CLIENT_ID": "client",
    "SAILPOINT_CLIENT_SECRET": "secret",
    "ANTHROPIC_API_KEY": "key",
}

APPS = ("web", "worker", "scheduler")
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"llm_fallback_provider": "anthropic", "llm_budget_person_day": 2},
    {"redis_flavour": "cache"},
)


def rendered(configuration: Configuration) -> dict[str, dict[str, Any]]:
    """The settings of each application, and of the slot where there is one."""
    apps = configuration.value("azurerm_linux_web_app.this")
    slots = configuration.value("azurerm_linux_web_app_slot.staging")
    found = {name: app["app_settings"] for name, app in apps.items()}
    return found | dict(zip(["slot"], [slot["app_settings"] for slot in slots], strict=False))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_setting_is_read_by_somebody(environment: str, options: dict[str, Any]) -> None:
    names = {
        name
        for settings in rendered(Configuration(environment, **options)).values()
        for name in settings
    }

    assert names <= example().keys() | READ_BY_OTHERS.keys()


def test_nobody_else_is_named_in_vain() -> None:
    names = {name for settings in rendered(configuration("prod")).values() for name in settings}

    assert names >= READ_BY_OTHERS.keys()


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_product_starts_with_them(
    set_environment: SetEnvironment, environment: str, options: dict[str, Any]
) -> None:
    for name, settings in rendered(Configuration(environment, **options)).items():
        set_environment(
            OPENAI_API_KEY=None, AUTH_ISSUER=None, AUTH_AUDIENCE=None, **resolved(settings)
        )

        loaded = load_settings()

        assert loaded.app.app_env is Environment(settings["APP_ENV"]), name
        assert loaded.llm.azure_openai_deployment == settings["AZURE_OPENAI_DEPLOYMENT"]
        assert loaded.redis.redis_layout == settings["REDIS_LAYOUT"]


def test_every_environment_has_the_same_settings() -> None:
    by_environment = [
        {app: sorted(rendered(configuration(environment))[app]) for app in APPS}
        for environment in ENVIRONMENTS
    ]

    assert all(settings == by_environment[0] for settings in by_environment)


class TestOrigins:
    """Whence the page, and the pipeline in its place, may speak to the product."""

    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    def test_the_smoke_test_comes_from_one(self, environment: str) -> None:
        target = TARGETS[environment]
        allowed = origins(Configuration(environment))

        assert f"https://{target.page_host or f'{target.web}.azurewebsites.net'}" in allowed["web"]
        if target.with_slot:
            assert allowed["slot"] == [f"https://{target.web}-{SLOT}.azurewebsites.net"]

    @pytest.mark.parametrize("environment", ["prod", "dr"])
    def test_the_page_does_before_it_has_a_name_of_its_own(self, environment: str) -> None:
        found = Configuration(environment, custom_domains_enabled=False)
        page = found.value("azurerm_static_web_app.page[0].default_host_name")

        assert f"https://{page}" in origins(found)["web"]

    @pytest.mark.parametrize("environment", ENVIRONMENTS)
    def test_sign_ins_come_back_to_each(self, environment: str) -> None:
        found = configuration(environment)
        (output,) = [Block(b, found.scope, "o") for (n,), b in blocks("output") if n == RETURNS]
        allowed = origins(found)

        assert set(output["value"]) == {
            f"{origin}{RETURN_PAGE}"
            for side in {"web", "slot"} & set(allowed)
            for origin in allowed[side]
        }


RETURNS = "redirect_uris"


def origins(found: Configuration) -> dict[str, list[str]]:
    return {app: json.loads(of["CORS_ORIGINS"]) for app, of in rendered(found).items()}


@pytest.mark.parametrize("environment", ["prod", "dr"])
class TestSlot:
    def test_what_differs_stays(self, environment: str) -> None:
        settings = rendered(configuration(environment))
        web, slot = settings["web"], settings["slot"]
        differ = {name for name in web.keys() | slot.keys() if web.get(name) != slot.get(name)}

        assert differ <= set(sticky(environment))

    def test_what_stays_is_there_on_both_sides(self, environment: str) -> None:
        settings = rendered(configuration(environment))

        assert set(sticky(environment)) <= settings["web"].keys() & settings["slot"].keys()

    def test_reads_no_secret_of_production(self, environment: str) -> None:
        settings = rendered(configuration(environment))
        secrets = {name for name in settings["slot"] if name in IN_THE_VAULT}
        vaults = {settings["slot"][name].split(";")[0] for name in secrets}

        assert secrets
        assert vaults.isdisjoint(settings["web"][name].split(";")[0] for name in secrets)

    def test_runs_as_production_does(self, environment: str) -> None:
        app = configuration(environment).value('azurerm_linux_web_app.this["web"].site_config[0]')
        slot = configuration(environment).value(
            "azurerm_linux_web_app_slot.staging[0].site_config[0]"
        )
        names = set(app) - {"worker_count"}

        assert set(slot) == names
        assert {name: slot[name] for name in names} == {name: app[name] for name in names}


def sticky(environment: str) -> list[str]:
    app = configuration(environment).value('azurerm_linux_web_app.this["web"]')
    names: list[str] = app["sticky_settings"][0]["app_setting_names"]
    return names


def resolved(settings: dict[str, Any]) -> dict[str, str]:
    """As App Service hands them to the process: references replaced, ids known."""
    return {
        name: IN_THE_VAULT[name]
        if value.startswith("@Microsoft.KeyVault(")
        else "00000000-0000-0000-0000-000000000000"
        if isinstance(value, Unknown)
        else value
        for name, value in settings.items()
    }
