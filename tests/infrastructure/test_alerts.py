"""What is watched, and by which names."""

import re

import pytest

from modules.backend.core.instruments import INSTRUMENTS, OF_THE_FRAMEWORK
from tests.infrastructure.configuration import FOLDER, configuration

METRIC = re.compile(r"'((?:icarus|gen_ai|http)\.[a-z_.]+)'")
OF_SPANS = {"gen_ai.operation.name", "gen_ai.provider.name"}
"""Attributes of spans that a query asks for."""


@pytest.mark.parametrize("environment", ["prod", "dr"])
class TestNames:
    def test_each_metric_is_read_and_no_other(self, environment: str) -> None:
        metrics = set(configuration(environment).value("local.metrics").values())
        rules = configuration(environment).resources(
            "azurerm_monitor_scheduled_query_rules_alert_v2"
        )
        queries = "\n".join(rule["criteria"][0]["query"] for rule in rules.values())
        scaled = configuration(environment).value("local.autoscale_rules.sockets.metric")
        (book,) = (
            configuration(environment).resources("azurerm_application_insights_workbook").values()
        )
        read = {*METRIC.findall(queries), *METRIC.findall(book["data_json"]), scaled} - OF_SPANS

        assert read == metrics

    def test_the_metrics_are_those_that_the_application_makes(self, environment: str) -> None:
        metrics = set(configuration(environment).value("local.metrics").values())

        assert metrics == INSTRUMENTS.keys() | OF_THE_FRAMEWORK.keys()

    def test_every_query_gives_the_value_that_is_compared(self, environment: str) -> None:
        rules = configuration(environment).resources(
            "azurerm_monitor_scheduled_query_rules_alert_v2"
        )
        for rule in rules.values():
            (criteria,) = rule["criteria"]
            last = criteria["query"].strip().splitlines()[-1]

            assert criteria["metric_measure_column"] == "Value"
            assert re.search(r"\b(summarize|project) Value = ", last)

    def test_every_query_is_of_production_alone(self, environment: str) -> None:
        rules = configuration(environment).resources(
            "azurerm_monitor_scheduled_query_rules_alert_v2"
        )
        live = configuration(environment).value("azurerm_application_insights.this.live.id")

        assert all(
            f"_ResourceId =~ '{live}'" in rule["criteria"][0]["query"] for rule in rules.values()
        )


def test_names_of_metrics_stand_in_one_place() -> None:
    elsewhere = [
        path.name
        for path in FOLDER.glob("*.tf")
        if path.name != "monitoring.tf" and re.search(r'["\']icarus\.', path.read_text("utf-8"))
    ]

    assert elsewhere == []


@pytest.mark.parametrize("environment", ["prod", "dr"])
def test_every_alert_reaches_somebody(environment: str) -> None:
    found = configuration(environment)
    alerts = [
        *found.value("values(local.metric_alerts)"),
        *found.value("values(local.query_alerts)"),
    ]
    groups = found.value("keys(azurerm_monitor_action_group.this)")

    assert {action for alert in alerts for action in alert["actions"]} == set(groups)
    assert all(alert["actions"] and 0 <= alert["severity"] <= 2 for alert in alerts)


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_other_environments_wake_nobody(environment: str) -> None:
    kinds = ("metric_alert", "scheduled_query_rules_alert_v2", "activity_log_alert")

    assert not any(
        configuration(environment).resources(f"azurerm_monitor_{kind}") for kind in kinds
    )


@pytest.mark.parametrize("environment", ["staging", "prod", "dr"])
def test_what_the_platform_logs_is_kept(environment: str) -> None:
    found = configuration(environment)
    kept = {
        setting["target_resource_id"]: {log["category"] for log in setting["enabled_log"]}
        for setting in found.resources("azurerm_monitor_diagnostic_setting").values()
    }
    apps = [
        *found.resources("azurerm_linux_web_app").values(),
        *found.resources("azurerm_linux_web_app_slot").values(),
    ]
    vaults = found.resources("azurerm_key_vault").values()
    server = found.value("azurerm_postgresql_flexible_server.this.id")

    assert all(kept[app["id"]] >= {"AppServiceHTTPLogs", "AppServicePlatformLogs"} for app in apps)
    assert all(kept[vault["id"]] == {"AuditEvent"} for vault in vaults)
    assert kept[server] == {"PostgreSQLLogs", "PostgreSQLFlexPGBouncer"}


@pytest.mark.parametrize("environment", ["prod", "dr"])
def test_azure_announces_what_it_retires(environment: str) -> None:
    alert = configuration(environment).value("azurerm_monitor_activity_log_alert.service_health[0]")
    (criteria,) = alert["criteria"]

    assert criteria["category"] == "ServiceHealth"
    assert "ActionRequired" in criteria["service_health"][0]["events"]
