"""What App Service needs beyond the tables of the standard: to start, to stop and to heal."""

import runpy
from typing import Any

import pytest

from tests.fixtures.stores import ROOT
from tests.infrastructure.configuration import ENVIRONMENTS, Configuration, configuration


def apps(environment: str) -> dict[str, Any]:
    """Web application, worker, scheduler, and the slot where there is one."""
    found = configuration(environment).value("azurerm_linux_web_app.this")
    slots = configuration(environment).value("azurerm_linux_web_app_slot.staging")
    return {**found, **dict(zip(["slot"], slots, strict=False))}


def site(app: Any) -> Any:
    (found,) = app["site_config"]
    return found


@pytest.mark.parametrize("environment", ENVIRONMENTS)
class TestHealth:
    def test_is_asked_of_what_can_tell(self, environment: str) -> None:
        paths = {name: site(app)["health_check_path"] for name, app in apps(environment).items()}
        slot = {"slot": "/health/ready"} if "slot" in paths else {}

        assert (
            paths
            == {
                "web": "/health/ready",
                "worker": "/health",
                "scheduler": "/health",
            }
            | slot
        )

    def test_an_ill_instance_is_taken_out_after_three_minutes(self, environment: str) -> None:
        assert {
            site(app)["health_check_eviction_time_in_min"] for app in apps(environment).values()
        } == {3}

    def test_a_start_waits_for_no_store(self, environment: str) -> None:
        for app in apps(environment).values():
            settings = app["app_settings"]

            assert settings["WEBSITE_WARMUP_PATH"] == "/health"
            assert settings["WEBSITE_WARMUP_STATUSES"] == "200"

    def test_a_swap_waits_until_the_slot_is_ready(self, environment: str) -> None:
        for name in apps(environment).keys() & {"web", "slot"}:
            settings = apps(environment)[name]["app_settings"]

            assert settings["WEBSITE_SWAP_WARMUP_PING_PATH"] == "/health/ready"
            assert settings["WEBSITE_SWAP_WARMUP_PING_STATUSES"] == "200"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
class TestHealing:
    def test_is_ours_and_not_the_platforms(self, environment: str) -> None:
        for app in apps(environment).values():
            (rules,) = site(app)["auto_heal_setting"]
            (trigger,), (action,) = rules["trigger"], rules["action"]

            assert app["app_settings"]["WEBSITE_PROACTIVE_AUTOHEAL_ENABLED"] == "false"
            assert action["action_type"] == "Recycle"
            assert trigger["status_code"][0]["count"] == 50
            assert trigger["slow_request_with_path"][0]["path"] == "/health"

    def test_a_store_that_is_away_recycles_nothing(self, environment: str) -> None:
        """The product answers 503 then, and a restart would not bring the store back."""
        for app in apps(environment).values():
            (trigger,) = site(app)["auto_heal_setting"][0]["trigger"]
            first, last = map(int, trigger["status_code"][0]["status_code_range"].split("-"))

            assert 503 not in range(first, last + 1)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
class TestStopping:
    def test_leaves_gunicorn_its_grace(self, environment: str) -> None:
        grace = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["graceful_timeout"]

        for app in apps(environment).values():
            limit = int(app["app_settings"]["WEBSITES_CONTAINER_STOP_TIME_LIMIT"])

            assert "DRAIN_SECONDS" not in app["app_settings"]
            assert grace < limit <= 120

    def test_the_old_scheduler_ends_before_the_new_one_starts(self, environment: str) -> None:
        settings = apps(environment)["scheduler"]["app_settings"]

        assert settings["WEBSITE_DISABLE_OVERLAPPED_RECYCLING"] == "1"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
class TestReach:
    def test_nobody_calls_worker_and_scheduler(self, environment: str) -> None:
        admitted = {
            name: site(app)["ip_restriction_default_action"]
            for name, app in apps(environment).items()
        }

        assert {name for name, action in admitted.items() if action == "Allow"} <= {"web", "slot"}

    def test_only_agents_deploy_and_without_a_password(self, environment: str) -> None:
        agents = configuration(environment).value("azurerm_subnet.this.agent.id")
        for app in apps(environment).values():
            (admitted,) = site(app)["scm_ip_restriction"]

            assert site(app)["scm_ip_restriction_default_action"] == "Deny"
            assert admitted["virtual_network_subnet_id"] == agents
            assert not app["ftp_publish_basic_authentication_enabled"]
            assert not app["webdeploy_publish_basic_authentication_enabled"]

    def test_all_have_one_identity(self, environment: str) -> None:
        identity = configuration(environment).value("azurerm_user_assigned_identity.app.id")
        for app in apps(environment).values():
            assert app["identity"][0]["identity_ids"] == [identity]
            assert app["key_vault_reference_identity_id"] == identity


def test_more_workers_are_not_more_schedulers() -> None:
    found = Configuration("prod", worker_instances=3)
    counts = [
        found.value(f'azurerm_linux_web_app.this["{name}"].site_config[0].worker_count')
        for name in ("worker", "scheduler")
    ]

    assert counts == [3, 1]
    assert found.value("azurerm_service_plan.jobs.per_site_scaling_enabled")


@pytest.mark.parametrize("sku", ["P1v3", "P2v3", "P3v3"])
def test_sockets_scale_by_what_an_instance_is_sized_for(sku: str) -> None:
    found = Configuration("prod", web_sku=sku, sockets_per_worker=500)
    sized_for = 500 * found.value("local.web_workers")
    thresholds = {
        rule["scale_action"][0]["direction"]: rule["metric_trigger"][0]["threshold"]
        for rule in found.value("azurerm_monitor_autoscale_setting.web[0].profile[0].rule")
        if rule["metric_trigger"][0]["metric_name"] == found.value("local.metrics.sockets")
    }

    assert thresholds == {"Increase": 0.7 * sized_for, "Decrease": 0.3 * sized_for}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_queue_is_never_evicted(environment: str) -> None:
    for redis in configuration(environment).resources("azurerm_managed_redis").values():
        assert redis["default_database"][0]["eviction_policy"] == "NoEviction"


@pytest.mark.parametrize("environment", ["staging", "prod", "dr"])
def test_a_restart_of_redis_loses_no_task(environment: str) -> None:
    redis = configuration(environment).value("azurerm_managed_redis.this.live")

    assert redis["high_availability_enabled"]
    assert redis["default_database"][0]["persistence_append_only_file_backup_frequency"] == "1s"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_secret_that_ends_soon_starts_its_rotation(environment: str) -> None:
    found = configuration(environment)
    (group,) = [
        block
        for address, block in found.resources("azurerm_monitor_action_group").items()
        if address.endswith(".rotation")
    ]
    vaults = found.value("keys(azurerm_key_vault.this)")

    for side in vaults:
        topic = found.value(f"azurerm_eventgrid_system_topic.vault.{side}")
        event = found.value(f"azapi_resource.secret_expiry.{side}")
        destination = event["body"]["properties"]["destination"]

        assert topic["source_resource_id"] == found.value(f"azurerm_key_vault.this.{side}.id")
        assert event["parent_id"] == topic["id"]
        assert destination["endpointType"] == "MonitorAlert"
        assert destination["properties"]["actionGroups"] == [group["id"]]
    assert group["webhook_receiver"][0]["service_uri"].startswith("https://dev.azure.com/icarus/")
    assert group["email_receiver"][0]["email_address"] == "security@icarus.com"
