# What the variables refuse before anything is planned, and what the options change.
mock_provider "azurerm" {}
mock_provider "azapi" {}

variables {
  environment = "prod"
  location    = "westeurope"

  entra_client_id                   = "11111111-1111-1111-1111-111111111111"
  pipeline_principal_id             = "22222222-2222-2222-2222-222222222222"
  security_team_object_id           = "33333333-3333-3333-3333-333333333333"
  devops_infrastructure_object_id   = "44444444-4444-4444-4444-444444444444"
  postgresql_administrator_password = "not-a-real-password"

  web_sku                 = "P2v3"
  web_instances           = 2
  jobs_sku                = "P1v3"
  autoscale_enabled       = true
  deployment_slot_enabled = true

  custom_domains_enabled = true
  page_domain            = "chatbot.example.com"
  api_domain             = "api.chatbot.example.com"
  static_web_app_enabled = true

  nat_gateway_enabled    = true
  private_agents_enabled = true

  postgresql_sku                          = "GP_Standard_D4ds_v5"
  postgresql_high_availability_enabled    = true
  postgresql_geo_redundant_backup_enabled = true

  redis_sku                       = "Balanced_B5"
  redis_high_availability_enabled = true
  redis_persistence_enabled       = true

  purge_protection_enabled = true

  openai_deployments = {
    chat  = { name = "gpt-5.1", model = "gpt-5.1", version = "2025-11-13", capacity = 120 }
    small = { name = "gpt-5.4-mini", model = "gpt-5.4-mini", version = "2026-03-17", capacity = 200 }
  }
  llm_budget_all_day = 60
  llm_cost_alert_day = 30

  sailpoint_base_url = "https://tenant.api.identitynow.com"

  monitoring_level = "alerts"
  monthly_budget   = 2000
  alert_receivers = {
    pagerduty = "a@example.com"
    teams     = "b@example.com"
    email     = "c@example.com"
    security  = "d@example.com"
  }
}

run "production_needs_a_premium_plan" {
  command = plan
  variables {
    web_sku = "B1"
  }
  expect_failures = [var.web_sku]
}

run "scaling_and_slots_need_a_premium_plan" {
  command = plan
  variables {
    environment   = "staging"
    web_sku       = "B1"
    web_instances = 1
  }
  expect_failures = [var.autoscale_enabled, var.deployment_slot_enabled]
}

run "the_worker_of_production_needs_a_premium_plan" {
  command = plan
  variables {
    jobs_sku = "B1"
  }
  expect_failures = [var.jobs_sku]
}

run "a_basic_plan_cannot_have_more_workers_than_schedulers" {
  command = plan
  variables {
    environment      = "staging"
    jobs_sku         = "B1"
    worker_instances = 2
  }
  expect_failures = [var.worker_instances]
}

run "scaling_needs_two_instances" {
  command = plan
  variables {
    environment   = "staging"
    web_instances = 1
  }
  expect_failures = [var.autoscale_enabled]
}

run "production_needs_two_instances" {
  command = plan
  variables {
    web_instances = 1
  }
  expect_failures = [var.web_instances]
}

run "a_burstable_server_has_no_standby" {
  command = plan
  variables {
    postgresql_sku = "B_Standard_B2ms"
  }
  expect_failures = [var.postgresql_high_availability_enabled]
}

run "an_unknown_database_sku_has_no_known_limit" {
  command = plan
  variables {
    postgresql_sku = "GP_Standard_D2s_v3"
  }
  expect_failures = [var.postgresql_sku]
}

run "production_keeps_what_was_deleted" {
  command = plan
  variables {
    purge_protection_enabled = false
  }
  expect_failures = [var.purge_protection_enabled]
}

run "a_retired_model_is_refused" {
  command = plan
  variables {
    openai_deployments = {
      chat  = { name = "gpt-4o", model = "gpt-4o", version = "2024-11-20", capacity = 120 }
      small = { name = "gpt-5.4-mini", model = "gpt-5.4-mini", version = "2026-03-17", capacity = 200 }
    }
  }
  expect_failures = [var.openai_deployments]
}

run "production_needs_its_quota" {
  command = plan
  variables {
    openai_deployments = {
      chat  = { name = "gpt-5.1", model = "gpt-5.1", version = "2025-11-13", capacity = 119 }
      small = { name = "gpt-5.4-mini", model = "gpt-5.4-mini", version = "2026-03-17", capacity = 200 }
    }
  }
  expect_failures = [var.openai_deployments]
}

run "an_alert_above_the_budget_never_fires" {
  command = plan
  variables {
    llm_cost_alert_day = 61
  }
  expect_failures = [var.llm_cost_alert_day]
}

run "agents_need_a_way_out" {
  command = plan
  variables {
    nat_gateway_enabled = false
  }
  expect_failures = [var.private_agents_enabled]
}

run "one_name_cannot_be_page_and_api" {
  command = plan
  variables {
    api_domain = "chatbot.example.com"
  }
  expect_failures = [var.api_domain]
}

run "names_of_their_own_must_be_given" {
  command = plan
  variables {
    page_domain = null
  }
  expect_failures = [var.custom_domains_enabled]
}

run "an_application_id_with_a_typo_is_refused" {
  command = plan
  variables {
    entra_client_id = "chatbot"
  }
  expect_failures = [var.entra_client_id]
}

run "a_tenant_without_https_is_refused" {
  command = plan
  variables {
    sailpoint_base_url = "http://tenant.api.identitynow.com"
  }
  expect_failures = [var.sailpoint_base_url]
}

run "a_short_password_is_refused" {
  command = plan
  variables {
    postgresql_administrator_password = "short"
  }
  expect_failures = [var.postgresql_administrator_password]
}

run "the_retired_redis_keeps_the_standards_port_zone_and_databases" {
  command = plan
  variables {
    redis_flavour = "cache"
  }

  assert {
    condition     = length(azurerm_managed_redis.this) == 0
    error_message = "There must be no second Redis."
  }
  assert {
    condition = (
      azurerm_redis_cache.this["live"].sku_name == "Premium" &&
      azurerm_redis_cache.this["live"].capacity == 1 &&
      !azurerm_redis_cache.this["live"].non_ssl_port_enabled &&
      !azurerm_redis_cache.this["live"].public_network_access_enabled
    )
    error_message = "Redis must be a Premium P1 that is reached by TLS over its private endpoint only."
  }
  assert {
    condition     = azurerm_private_dns_zone.this["redis"].name == "privatelink.redis.cache.windows.net"
    error_message = "The zone must be that of Azure Cache for Redis."
  }
  assert {
    condition     = contains(azurerm_network_security_rule.this["pe-AllowFromApp"].destination_port_ranges, "6380")
    error_message = "The application must reach port 6380."
  }
  assert {
    condition     = azurerm_linux_web_app.this["web"].app_settings["REDIS_LAYOUT"] == "databases"
    error_message = "The application must use the standard's five databases."
  }
}

run "the_other_vendor_brings_its_key_from_the_vault" {
  command = plan
  variables {
    llm_fallback_provider = "anthropic"
  }

  assert {
    condition = (
      azurerm_linux_web_app.this["web"].app_settings["LLM_FALLBACK_PROVIDER"] == "anthropic" &&
      azurerm_linux_web_app.this["web"].app_settings["ANTHROPIC_API_KEY"] == "@Microsoft.KeyVault(VaultName=icarus-chatbot-kv;SecretName=chatbot-anthropic-api-key)"
    )
    error_message = "The key must be a reference to the vault."
  }
}

run "a_restore_to_a_moment_takes_that_moment" {
  command = plan
  variables {
    postgresql_restore_from = {
      server_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/source"
      moment    = "2026-11-01T12:00:00Z"
    }
  }

  assert {
    condition = (
      azurerm_postgresql_flexible_server.this.create_mode == "PointInTimeRestore" &&
      azurerm_postgresql_flexible_server.this.point_in_time_restore_time_in_utc == "2026-11-01T12:00:00Z"
    )
    error_message = "The server must be restored to the moment that was given."
  }
  assert {
    condition     = length(azurerm_postgresql_flexible_server_database.this) == 0
    error_message = "A restored server brings its databases along."
  }
}

run "a_restore_in_the_paired_region_takes_the_copy_there" {
  command = plan
  variables {
    postgresql_restore_from = {
      server_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/source"
    }
  }

  assert {
    condition = (
      azurerm_postgresql_flexible_server.this.create_mode == "GeoRestore" &&
      azurerm_postgresql_flexible_server.this.point_in_time_restore_time_in_utc != null
    )
    error_message = "The server must be restored from the copy in the paired region."
  }
}

run "a_restore_needs_a_server_and_a_time" {
  command = plan
  variables {
    postgresql_restore_from = { server_id = "icarus-chatbot-db", moment = "yesterday" }
  }
  expect_failures = [var.postgresql_restore_from]
}

run "a_shared_workspace_is_used_as_it_is" {
  command = plan
  variables {
    log_analytics_workspace_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-monitoring/providers/Microsoft.OperationalInsights/workspaces/shared"
  }

  assert {
    condition     = length(azurerm_log_analytics_workspace.this) == 0
    error_message = "There must be no second workspace."
  }
  assert {
    condition     = endswith(azurerm_application_insights.this["live"].workspace_id, "/workspaces/shared")
    error_message = "Telemetry must go to the shared workspace."
  }
}

run "more_workers_are_not_more_schedulers" {
  command = plan
  variables {
    worker_instances = 3
  }

  assert {
    condition = (
      azurerm_service_plan.jobs.per_site_scaling_enabled &&
      azurerm_linux_web_app.this["worker"].site_config[0].worker_count == 3 &&
      azurerm_linux_web_app.this["scheduler"].site_config[0].worker_count == 1
    )
    error_message = "The scheduler must have one instance on a plan of three."
  }
}

run "the_larger_plan_brings_its_workers" {
  command = plan
  variables {
    web_sku = "P3v3"
  }

  assert {
    condition     = startswith(azurerm_linux_web_app.this["web"].site_config[0].app_command_line, "gunicorn -w 6 ")
    error_message = "P3v3 must start six workers."
  }
}
