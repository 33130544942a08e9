# The rebuild in the paired region, as environments/dr.tfvars makes it (README, "Tests").
mock_provider "azurerm" {}
mock_provider "azapi" {}

variables {
  entra_client_id                   = "11111111-1111-1111-1111-111111111111"
  pipeline_principal_id             = "22222222-2222-2222-2222-222222222222"
  security_team_object_id           = "33333333-3333-3333-3333-333333333333"
  devops_infrastructure_object_id   = "44444444-4444-4444-4444-444444444444"
  postgresql_administrator_password = "not-a-real-password"
}

run "it_is_production_elsewhere" {
  command = plan

  override_resource {
    target          = azurerm_static_web_app.page
    override_during = plan
    values          = { default_host_name = "page.azurestaticapps.net" }
  }

  assert {
    condition = (
      azurerm_resource_group.this.location == "northeurope" &&
      azurerm_service_plan.web.sku_name == "P2v3" &&
      azurerm_postgresql_flexible_server.this.sku_name == "GP_Standard_D4ds_v5" &&
      azurerm_linux_web_app.this["web"].app_settings["APP_ENV"] == "production"
    )
    error_message = "Production's SKUs in the paired region are expected."
  }
  assert {
    condition     = azurerm_linux_web_app.this["scheduler"].app_settings["SCHEDULER_ENABLED"] == "false"
    error_message = "Two schedulers must not act on one tenant: this one waits until it takes over."
  }

  assert {
    condition = azurerm_linux_web_app.this["web"].app_settings["CORS_ORIGINS"] == jsonencode([
      "https://page.azurestaticapps.net",
      "https://icarus-identity-chatbot-dr.azurewebsites.net",
    ])
    error_message = "Without names of its own, the page comes from Azure's name for it."
  }
}
