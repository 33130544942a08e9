# Production, as environments/prod.tfvars makes it (README, "Tests").

mock_provider "azurerm" {}
mock_provider "azapi" {}

variables {
  entra_client_id                   = "11111111-1111-1111-1111-111111111111"
  pipeline_principal_id             = "22222222-2222-2222-2222-222222222222"
  security_team_object_id           = "33333333-3333-3333-3333-333333333333"
  devops_infrastructure_object_id   = "44444444-4444-4444-4444-444444444444"
  postgresql_administrator_password = "not-a-real-password"
}

run "parity" {
  command = plan

  assert {
    condition     = azurerm_service_plan.web.sku_name == "P2v3" && azurerm_service_plan.web.worker_count == 2
    error_message = "Two P2v3 are expected."
  }
  assert {
    condition = (
      azurerm_postgresql_flexible_server.this.sku_name == "GP_Standard_D4ds_v5" &&
      azurerm_postgresql_flexible_server.this.high_availability[0].mode == "ZoneRedundant" &&
      azurerm_postgresql_flexible_server.this.geo_redundant_backup_enabled
    )
    error_message = "A D4ds_v5 with a standby in another zone and backups in another region is expected."
  }
  assert {
    condition = (
      azurerm_postgresql_flexible_server.this.version == "16" &&
      azurerm_postgresql_flexible_server.this.storage_mb == 131072 &&
      azurerm_postgresql_flexible_server.this.auto_grow_enabled &&
      azurerm_postgresql_flexible_server.this.backup_retention_days == 35 &&
      !azurerm_postgresql_flexible_server.this.public_network_access_enabled
    )
    error_message = "PostgreSQL 16 with 128 GB that grow, 35 days of backups and no public endpoint is expected."
  }
  assert {
    condition     = azurerm_managed_redis.this["live"].sku_name == "Balanced_B5" && azurerm_managed_redis.this["live"].high_availability_enabled
    error_message = "A Redis of 6 GB with a replica is expected."
  }
}

run "pgbouncer_is_the_standards" {
  command = plan

  assert {
    condition = { for name, parameter in azurerm_postgresql_flexible_server_configuration.pgbouncer : name => parameter.value } == {
      "pgbouncer.pool_mode"           = "transaction"
      "pgbouncer.default_pool_size"   = "50"
      "pgbouncer.min_pool_size"       = "10"
      "pgbouncer.server_idle_timeout" = "600"
      "metrics.pgbouncer_diagnostics" = "on"
    }
    error_message = "PgBouncer's parameters differ."
  }
}

run "the_slot_has_its_own_stores_and_every_difference_stays" {
  command = plan

  assert {
    condition = alltrue([
      for name, value in azurerm_linux_web_app_slot.staging[0].app_settings :
      value == azurerm_linux_web_app.this["web"].app_settings[name]
      if !contains(azurerm_linux_web_app.this["web"].sticky_settings[0].app_setting_names, name) && !contains(["AZURE_CLIENT_ID"], name)
    ])
    error_message = "A setting that differs between slot and production must be sticky."
  }
  assert {
    condition     = azurerm_linux_web_app_slot.staging[0].app_settings["DATABASE_URL"] == "@Microsoft.KeyVault(VaultName=icarus-slot-kv${local.suffix};SecretName=chatbot-db-connection-string)"
    error_message = "The slot must read its own vault."
  }
  assert {
    condition = alltrue([
      for name in ["APP_ENV", "DATABASE_URL", "REDIS_URL", "APPLICATIONINSIGHTS_CONNECTION_STRING", "SAILPOINT_CLIENT_SECRET"] :
      contains(azurerm_linux_web_app.this["web"].sticky_settings[0].app_setting_names, name)
    ])
    error_message = "A setting of the slot alone is not sticky."
  }
  assert {
    condition = (
      azurerm_linux_web_app_slot.staging[0].app_settings["WEBSITE_SWAP_WARMUP_PING_PATH"] == "/health/ready" &&
      azurerm_linux_web_app_slot.staging[0].app_settings["WEBSITE_SWAP_WARMUP_PING_STATUSES"] == "200"
    )
    error_message = "A swap must wait until the slot is ready."
  }
  assert {
    condition     = length(azurerm_managed_redis.this) == 2 && length(azurerm_key_vault.this) == 2 && length(azurerm_application_insights.this) == 2 && length(azurerm_postgresql_flexible_server_database.this) == 2
    error_message = "The slot must have a Redis, a vault, telemetry and a database of its own."
  }
}

run "the_slot_is_made_like_the_application" {
  command = plan

  assert {
    condition = alltrue([
      for argument in [
        "always_on", "app_command_line", "application_stack", "auto_heal_setting", "ftps_state", "health_check_eviction_time_in_min",
        "health_check_path", "http2_enabled", "minimum_tls_version", "remote_debugging_enabled", "use_32_bit_worker",
        "vnet_route_all_enabled", "websockets_enabled",
      ] :
      azurerm_linux_web_app_slot.staging[0].site_config[0][argument] == azurerm_linux_web_app.this["web"].site_config[0][argument]
    ])
    error_message = "A swap would change how the application runs."
  }
}

run "rights_are_those_of_the_table" {
  command = plan

  assert {
    condition = { for key, right in azurerm_role_assignment.this : key => right.role_definition_name } == {
      "app-asks-models-live"                   = "Cognitive Services OpenAI User"
      "app-reads-secrets-live"                 = "Key Vault Secrets User"
      "app-reads-secrets-slot"                 = "Key Vault Secrets User"
      "app-sends-telemetry-live"               = "Monitoring Metrics Publisher"
      "app-sends-telemetry-slot"               = "Monitoring Metrics Publisher"
      "pipeline-reads-secrets-live"            = "Key Vault Secrets User"
      "pipeline-reads-secrets-slot"            = "Key Vault Secrets User"
      "security-team-administers-secrets-live" = "Key Vault Administrator"
      "security-team-administers-secrets-slot" = "Key Vault Administrator"
    }
    error_message = "A right was added or lost."
  }
  assert {
    condition     = alltrue([for right in azurerm_role_assignment.this : right.principal_id == var.security_team_object_id if right.role_definition_name == "Key Vault Administrator"])
    error_message = "Only the security team administers the vaults."
  }
}

run "nothing_answers_outside_the_network_but_the_web_application" {
  command = plan

  assert {
    condition = (
      alltrue([for vault in azurerm_key_vault.this : !vault.public_network_access_enabled]) &&
      alltrue([for redis in azurerm_managed_redis.this : redis.public_network_access == "Disabled"]) &&
      !azurerm_cognitive_account.openai.public_network_access_enabled
    )
    error_message = "A store can be reached from the internet."
  }
  assert {
    condition = alltrue([
      for key, app in azurerm_linux_web_app.this : app.site_config[0].ip_restriction_default_action == (key == "web" ? "Allow" : "Deny")
    ])
    error_message = "Nobody calls the worker or the scheduler."
  }
  assert {
    condition     = alltrue([for app in azurerm_linux_web_app.this : app.site_config[0].scm_ip_restriction_default_action == "Deny"])
    error_message = "Only the build agents may deploy."
  }
  assert {
    condition     = azurerm_subnet.this["pe"].private_endpoint_network_policies == "NetworkSecurityGroupEnabled"
    error_message = "The rules of pe-nsg would apply to nothing."
  }
  assert {
    condition     = alltrue([for group in ["app", "pe", "db"] : anytrue([for rule in azurerm_network_security_rule.this : rule.access == "Deny" && rule.priority == 4096 && rule.network_security_group_name == "${group}-nsg"])])
    error_message = "A group lacks the rule that refuses the rest."
  }
}

run "it_scales_by_load" {
  command = plan

  assert {
    condition = (
      azurerm_monitor_autoscale_setting.web[0].profile[0].capacity[0].minimum == 2 &&
      azurerm_monitor_autoscale_setting.web[0].profile[0].capacity[0].maximum == 6
    )
    error_message = "2 to 6 instances are expected."
  }
  assert {
    condition = [
      for rule in azurerm_monitor_autoscale_setting.web[0].profile[0].rule :
      "${rule.metric_trigger[0].metric_name} ${rule.metric_trigger[0].operator} ${rule.metric_trigger[0].threshold} ${rule.scale_action[0].direction}"
      ] == [
      "CpuPercentage GreaterThan 70 Increase",
      "CpuPercentage LessThan 30 Decrease",
      "Requests GreaterThan 500 Increase",
      "Requests LessThan 100 Decrease",
      "icarus.ws.active GreaterThan 2800 Increase",
      "icarus.ws.active LessThan 1200 Decrease",
    ]
    error_message = "The rules differ."
  }
  assert {
    condition = alltrue([
      for rule in azurerm_monitor_autoscale_setting.web[0].profile[0].rule :
      rule.metric_trigger[0].time_window == "PT10M" && rule.scale_action[0].cooldown == "PT5M"
    ])
    error_message = "10 minutes of window and 5 of cooldown are expected."
  }
}

run "alerts_are_those_of_the_tables" {
  command = plan

  assert {
    condition = {
      for name, alert in merge(azurerm_monitor_metric_alert.this, {}) :
      name => "${alert.criteria[0].metric_name} ${alert.criteria[0].operator} ${alert.criteria[0].threshold} Sev ${alert.severity} ${alert.window_size}"
      } == {
      "app-service-down"               = "HealthCheckStatus LessThanOrEqual 40 Sev 0 PT5M"
      "worker-down"                    = "HealthCheckStatus LessThanOrEqual 40 Sev 1 PT5M"
      "scheduler-down"                 = "HealthCheckStatus LessThanOrEqual 40 Sev 1 PT5M"
      "cpu-utilisation"                = "CpuPercentage GreaterThan 80 Sev 2 PT15M"
      "memory-utilisation"             = "MemoryPercentage GreaterThan 85 Sev 2 PT15M"
      "database-connections"           = "server_connections_active GreaterThan 40 Sev 2 PT5M"
      "database-connection-exhaustion" = "active_connections GreaterThan 1546 Sev 1 PT5M"
      "redis-memory"                   = "usedmemorypercentage GreaterThan 80 Sev 2 PT15M"
    }
    error_message = "The alerts on metrics differ."
  }
  assert {
    condition = {
      for name, alert in azurerm_monitor_scheduled_query_rules_alert_v2.this :
      name => "${alert.criteria[0].operator} ${alert.criteria[0].threshold} Sev ${alert.severity} ${alert.window_duration}"
      } == {
      "high-error-rate"       = "GreaterThan 5 Sev 1 PT5M"
      "error-rate"            = "GreaterThan 1 Sev 2 PT15M"
      "response-time"         = "GreaterThan 5 Sev 2 PT15M"
      "llm-latency"           = "GreaterThan 10 Sev 2 PT15M"
      "llm-budget-exceeded"   = "GreaterThan 30 Sev 2 P1D"
      "sailpoint-errors"      = "GreaterThan 5 Sev 2 PT1H"
      "sailpoint-unreachable" = "GreaterThanOrEqual 5 Sev 1 PT5M"
      "websocket-connections" = "GreaterThan 80 Sev 2 PT5M"
    }
    error_message = "The alerts on queries differ."
  }
  assert {
    condition     = toset([for notification in azurerm_consumption_budget_resource_group.this.notification : notification.threshold]) == toset([80, 100])
    error_message = "The budget must report 80 and 100 %."
  }
}

run "page_and_api_have_names_of_their_own" {
  command = plan

  assert {
    condition = (
      azurerm_static_web_app_custom_domain.page[0].domain_name == "chatbot.icarus.com" &&
      azurerm_app_service_custom_hostname_binding.api[0].hostname == "api.chatbot.icarus.com" &&
      azurerm_app_service_certificate_binding.api[0].ssl_state == "SniEnabled"
    )
    error_message = "Page and API must have a name and a certificate each."
  }
  assert {
    condition = (
      azurerm_linux_web_app.this["web"].app_settings["CORS_ORIGINS"] == jsonencode(["https://chatbot.icarus.com"]) &&
      azurerm_linux_web_app.this["web"].app_settings["FRONTEND_DIST"] != "modules/frontend/dist"
    )
    error_message = "Static Web Apps must serve the page, and nothing else may call the API from a browser."
  }
}
