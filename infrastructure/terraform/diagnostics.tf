locals {
  app_service_logs = concat(
    ["AppServiceHTTPLogs", "AppServicePlatformLogs"],
    var.console_logs_enabled ? ["AppServiceConsoleLogs"] : [],
  )

  diagnostics = merge(
    {
      for key, app in azurerm_linux_web_app.this : key => {
        resource = app.id
        logs     = local.app_service_logs
      }
    },
    {
      for slot in azurerm_linux_web_app_slot.staging : "slot" => {
        resource = slot.id
        logs     = local.app_service_logs
      }
    },
    {
      for side, vault in azurerm_key_vault.this : "vault-${side}" => {
        resource = vault.id
        logs     = ["AuditEvent"]
      }
    },
    {
      postgresql = {
        resource = azurerm_postgresql_flexible_server.this.id
        logs     = concat(["PostgreSQLLogs"], local.pgbouncer_enabled ? ["PostgreSQLFlexPGBouncer"] : [])
      }
      openai = {
        resource = azurerm_cognitive_account.openai.id
        logs     = ["Audit"]
      }
    },
  )
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  for_each = local.monitoring.logs ? local.diagnostics : {}

  name                       = "to-workspace"
  target_resource_id         = each.value.resource
  log_analytics_workspace_id = local.workspace_id

  dynamic "enabled_log" {
    for_each = each.value.logs

    content {
      category = enabled_log.value
    }
  }
}
