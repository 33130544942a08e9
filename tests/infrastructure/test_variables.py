"""The variables: what each says of itself, and what it refuses."""

from typing import Any

import pytest

from tests.infrastructure.configuration import (
    ENVIRONMENTS,
    Block,
    Configuration,
    blocks,
    configuration,
    tfvars,
)
from tests.infrastructure.expressions import name_of, parts

NAMES = [name for (name,), _ in blocks("variable")]
SERVER = "/flexibleServers/icarus-chatbot-db"
MODEL = {"name": "gpt-5.1", "model": "gpt-5.1", "version": "2025-11-13", "capacity": 120}
SMALL = {"name": "s", "model": "gpt-5.4-mini", "version": "2026-03-17", "capacity": 200}


def declaration(name: str) -> tuple[Block, set[str]]:
    """The block, and the names of what is written in it."""
    body = next(body for (of,), body in blocks("variable") if of == name)
    block = Block(body, {}, f"var.{name}")
    return block, set(block)


def kind(name: str) -> str:
    body = next(body for (of,), body in blocks("variable") if of == name)
    found = next(a for a in parts(body) if a.data == "attribute" and name_of(a) == "type")
    inner = parts(found.children[-1])[0]
    return name_of(inner) if inner.data == "identifier" else str(inner.data)


@pytest.mark.parametrize("name", NAMES)
def test_says_what_it_is_and_what_it_takes(name: str) -> None:
    block, written = declaration(name)

    assert "type" in written
    assert len(block["description"]) > 10
    # What is true or false needs no rule.
    assert "validation" in written or kind(name) == "bool"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_breaks_no_rule(environment: str) -> None:
    assert configuration(environment).faults() == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_holds_no_secret(environment: str) -> None:
    assert not [name for name in tfvars(environment) if "password" in name or "secret" in name]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"environment": "test"}, "environment"),
    ({"organisation": "Icarus Ltd"}, "organisation"),
    ({"location": "West Europe"}, "location"),
    ({"tags": {"environment": "mine"}}, "tags"),
    ({"entra_client_id": "chatbot"}, "entra_client_id"),
    ({"smoke_identity_email": "nobody"}, "smoke_identity_email"),
    ({"pipeline_principal_id": "pipeline"}, "pipeline_principal_id"),
    ({"security_team_object_id": "security"}, "security_team_object_id"),
    ({"devops_infrastructure_object_id": "devops"}, "devops_infrastructure_object_id"),
    ({"azure_devops_organisation": "https://dev.azure.com/icarus"}, "azure_devops_organisation"),
    ({"azure_devops_project": "a/b"}, "azure_devops_project"),
    ({"address_space": "10.0.0.0/24"}, "address_space"),
    ({"nat_gateway_enabled": False}, "private_agents_enabled"),
    ({"web_sku": "S1"}, "web_sku"),
    ({"web_sku": "B1"}, "web_sku"),
    ({"web_instances": 7}, "web_instances"),
    ({"web_instances": 1}, "web_instances"),
    ({"jobs_sku": "F1"}, "jobs_sku"),
    ({"jobs_sku": "B1"}, "jobs_sku"),
    ({"worker_instances": 0}, "worker_instances"),
    ({"environment": "staging", "jobs_sku": "B1", "worker_instances": 2}, "worker_instances"),
    ({"environment": "staging", "web_instances": 1}, "autoscale_enabled"),
    ({"environment": "staging", "web_sku": "B1"}, "deployment_slot_enabled"),
    ({"sockets_per_worker": 0}, "sockets_per_worker"),
    ({"page_domain": None}, "custom_domains_enabled"),
    ({"page_domain": "https://chatbot.icarus.com"}, "page_domain"),
    ({"api_domain": "chatbot.icarus.com"}, "api_domain"),
    ({"api_domain": "api"}, "api_domain"),
    ({"static_web_app_location": "norwayeast"}, "static_web_app_location"),
    ({"openai_deployments": {"chat": {**MODEL, "capacity": 0}, "small": SMALL}}, "capacity"),
    ({"openai_deployments": {"chat": {**MODEL, "capacity": 119}, "small": SMALL}}, "120"),
    ({"openai_deployments": {"chat": {**MODEL, "model": "gpt-4o"}, "small": SMALL}}, "retired"),
    ({"llm_fallback_provider": "openai"}, "llm_fallback_provider"),
    ({"llm_budget_person_day": 0}, "llm_budget_person_day"),
    ({"llm_budget_all_day": 0}, "llm_budget_all_day"),
    ({"llm_cost_alert_day": 61}, "llm_cost_alert_day"),
    ({"sailpoint_base_url": "http://icarus.api.identitynow.com"}, "sailpoint_base_url"),
    ({"sailpoint_base_url_slot": "https://a.example/v3"}, "sailpoint_base_url_slot"),
    ({"monitoring_level": "none"}, "monitoring_level"),
    ({"log_analytics_workspace_id": "shared"}, "log_analytics_workspace_id"),
    ({"log_level": "trace"}, "log_level"),
    ({"rotation_webhook": "a/b"}, "rotation_webhook"),
    ({"monthly_budget": 0}, "monthly_budget"),
    ({"budget_start": "2026-12-02T00:00:00Z"}, "budget_start"),
    ({"postgresql_sku": "GP_Standard_D2s_v3"}, "postgresql_sku"),
    ({"postgresql_sku": "B_Standard_B2ms"}, "postgresql_high_availability_enabled"),
    ({"postgresql_administrator_password": "short"}, "postgresql_administrator_password"),
    ({"postgresql_administrator_password_version": 0}, "password_version"),
    ({"postgresql_restore_from": {"server_id": "db", "moment": "2026-11-01T12:00:00Z"}}, "id"),
    ({"postgresql_restore_from": {"server_id": SERVER, "moment": "yesterday"}}, "moment"),
    ({"redis_flavour": "enterprise"}, "redis_flavour"),
    ({"redis_sku": "Premium"}, "redis_sku"),
    ({"redis_slot_sku": "Premium"}, "redis_slot_sku"),
    (
        {"redis_cache_sku": {"sku_name": "Premium", "family": "C", "capacity": 1}},
        "redis_cache_sku",
    ),
    ({"purge_protection_enabled": False}, "purge_protection_enabled"),
]


@pytest.mark.parametrize(("change", "about"), REFUSED, ids=str)
def test_what_cannot_be_is_refused(change: dict[str, Any], about: str) -> None:
    assert about in " ".join(Configuration("prod", **change).faults())


def test_every_rule_was_broken_once() -> None:
    broken = {fault for change, _ in REFUSED for fault in Configuration("prod", **change).faults()}
    rules = {
        rule["error_message"]
        for (name,), body in blocks("variable")
        for rule in Block(body, {}, name).get("validation", [])
    }

    # What an address of mail is like is tried below.
    assert {rule for rule in rules - broken if not rule.startswith("alert_receivers")} == set()


def test_an_alert_goes_to_an_address() -> None:
    receivers = {**tfvars("prod")["alert_receivers"], "teams": "https://teams.example/hook"}

    assert Configuration("prod", alert_receivers=receivers).faults() == [
        "alert_receivers must be e-mail addresses."
    ]
