# Staging, as environments/staging.tfvars makes it (README, "Tests").

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
    condition     = azurerm_service_plan.web.sku_name == "P1v3" && azurerm_service_plan.web.worker_count == 1
    error_message = "One P1v3 is expected."
  }
  assert {
    condition     = azurerm_postgresql_flexible_server.this.sku_name == "GP_Standard_D2ds_v5" && length(azurerm_postgresql_flexible_server.this.high_availability) == 0
    error_message = "A general-purpose D2ds_v5 without a standby is expected."
  }
  assert {
    condition     = azurerm_managed_redis.this["live"].sku_name == "Balanced_B5"
    error_message = "Production's Redis is expected."
  }
  assert {
    condition     = length(azurerm_linux_web_app_slot.staging) == 0 && length(azurerm_monitor_autoscale_setting.web) == 0
    error_message = "No slot and no autoscale are expected."
  }
  assert {
    condition     = length(azurerm_monitor_diagnostic_setting.this) == 6 && length(azurerm_application_insights_standard_web_test.api) == 1 && length(azurerm_monitor_metric_alert.this) == 0
    error_message = "Full monitoring is logs and the availability test, without alerts."
  }
}

run "the_application_knows_of_the_pooler" {
  command = plan

  assert {
    condition     = azurerm_linux_web_app.this["web"].app_settings["DATABASE_POOLER"] == "pgbouncer" && azurerm_linux_web_app.this["web"].app_settings["APP_ENV"] == "staging"
    error_message = "The application must know that it talks to PgBouncer."
  }
}
