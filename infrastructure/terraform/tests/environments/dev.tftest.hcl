# Development, as environments/dev.tfvars makes it (README, "Tests").

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
    condition     = azurerm_service_plan.web.sku_name == "B1" && azurerm_service_plan.web.worker_count == 1
    error_message = "One B1 is expected."
  }
  assert {
    condition     = azurerm_postgresql_flexible_server.this.sku_name == "B_Standard_B2ms" && length(azurerm_postgresql_flexible_server.this.high_availability) == 0
    error_message = "A burstable server without a standby is expected."
  }
  assert {
    condition     = azurerm_managed_redis.this["live"].sku_name == "Balanced_B0" && !azurerm_managed_redis.this["live"].high_availability_enabled
    error_message = "The smallest Redis is expected."
  }
  assert {
    condition = (
      length(azurerm_linux_web_app_slot.staging) == 0 &&
      length(azurerm_monitor_autoscale_setting.web) == 0 &&
      length(azurerm_app_service_custom_hostname_binding.api) == 0 &&
      length(azurerm_static_web_app.page) == 0
    )
    error_message = "No slot, no autoscale, no names of its own and no Static Web App are expected."
  }
  assert {
    condition     = length(azurerm_monitor_metric_alert.this) == 0 && length(azurerm_monitor_diagnostic_setting.this) == 0
    error_message = "Basic monitoring is telemetry alone."
  }
}

run "the_application_goes_to_postgresql_directly" {
  command = plan

  assert {
    condition     = length(azurerm_postgresql_flexible_server_configuration.pgbouncer) == 0
    error_message = "A burstable server knows no PgBouncer."
  }
  assert {
    condition     = azurerm_linux_web_app.this["web"].app_settings["DATABASE_POOLER"] == "none"
    error_message = "The application must know that there is no pooler."
  }
}

run "the_page_comes_from_the_package" {
  command = plan

  assert {
    condition = (
      azurerm_linux_web_app.this["web"].app_settings["FRONTEND_DIST"] == "modules/frontend/dist" &&
      azurerm_linux_web_app.this["web"].app_settings["CORS_ORIGINS"] == jsonencode(["https://icarus-identity-chatbot-dev.azurewebsites.net"])
    )
    error_message = "The web application must serve the page, under its own host."
  }
}

run "it_starts_with_the_standards_command" {
  command = plan

  assert {
    condition     = azurerm_linux_web_app.this["web"].site_config[0].app_command_line == "gunicorn -w 2 -k uvicorn.workers.UvicornWorker -b 0.0.0.0:8000 modules.backend.main:app"
    error_message = "The start-up command must be the standard's."
  }
}
