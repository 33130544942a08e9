# Alerts on the platform's metrics. Those on what the application reports are in alerts_queries.tf.
# A threshold is a value of the metric, or per cent of a limit where the metric is a plain count.
locals {
  watched_apps = {
    "app-service-down" = "web"
    "worker-down"      = "worker"
    "scheduler-down"   = "scheduler"
  }

  # The platform pings every instance every minute. An alert knows windows, not rows: an average of 40
  # in five minutes is three failures. The instance itself is taken out after three in a row.
  health_alerts = {
    for alert, app in local.watched_apps : alert => {
      description = "The health check of an instance failed three times in five minutes."
      severity    = app == "web" ? 0 : 1
      actions     = ["pagerduty"]
      resource    = azurerm_linux_web_app.this[app].id
      namespace   = "Microsoft.Web/sites"
      metric      = "HealthCheckStatus"
      operator    = "LessThanOrEqual"
      threshold   = 40
      each        = "Instance"
      window      = "PT5M"
      frequency   = "PT1M"
    }
  }

  metric_alert_defaults = {
    severity    = 2
    actions     = ["teams"]
    aggregation = "Average"
    operator    = "GreaterThan"
    percent_of  = null
    each        = null
    window      = "PT15M"
    frequency   = "PT5M"
  }

  metric_alert_rows = {
    "cpu-utilisation" = {
      description = "CPU above 80 % for a quarter of an hour."
      resource    = azurerm_service_plan.web.id
      namespace   = "Microsoft.Web/serverfarms"
      metric      = "CpuPercentage"
      threshold   = 80
    }

    "memory-utilisation" = {
      description = "Memory above 85 % for a quarter of an hour."
      resource    = azurerm_service_plan.web.id
      namespace   = "Microsoft.Web/serverfarms"
      metric      = "MemoryPercentage"
      threshold   = 85
    }

    "database-connections" = {
      description = "More than 80 % of PgBouncer's pool in use."
      resource    = azurerm_postgresql_flexible_server.this.id
      namespace   = "Microsoft.DBforPostgreSQL/flexibleServers"
      metric      = "server_connections_active"
      aggregation = "Maximum"
      threshold   = 80
      percent_of  = local.pgbouncer_pool_size
      window      = "PT5M"
      frequency   = "PT1M"
    }

    "database-connection-exhaustion" = {
      description = "More than 90 % of the server's connections in use."
      severity    = 1
      resource    = azurerm_postgresql_flexible_server.this.id
      namespace   = "Microsoft.DBforPostgreSQL/flexibleServers"
      metric      = "active_connections"
      aggregation = "Maximum"
      threshold   = 90
      percent_of  = local.postgresql_max_connections[var.postgresql_sku]
      window      = "PT5M"
      frequency   = "PT1M"
    }

    "redis-memory" = {
      description = "Redis above 80 % of its memory; when it is full, it refuses to write."
      resource    = local.redis_ids["live"]
      namespace   = local.redis.namespace
      metric      = "usedmemorypercentage"
      aggregation = "Maximum"
      threshold   = 80
    }
  }

  metric_alerts = {
    for name, alert in merge(local.health_alerts, local.metric_alert_rows) :
    name => merge(local.metric_alert_defaults, alert)
  }
}

resource "azurerm_monitor_metric_alert" "this" {
  for_each = local.monitoring.alerts ? local.metric_alerts : {}

  name                = each.key
  resource_group_name = azurerm_resource_group.this.name
  description         = each.value.description
  severity            = each.value.severity
  scopes              = [each.value.resource]
  window_size         = each.value.window
  frequency           = each.value.frequency
  tags                = local.tags

  criteria {
    metric_namespace = each.value.namespace
    metric_name      = each.value.metric
    aggregation      = each.value.aggregation
    operator         = each.value.operator
    threshold        = each.value.percent_of == null ? each.value.threshold : floor(each.value.threshold * each.value.percent_of / 100)

    dynamic "dimension" {
      for_each = each.value.each == null ? [] : [each.value.each]

      content {
        name     = dimension.value
        operator = "Include"
        values   = ["*"]
      }
    }
  }

  dynamic "action" {
    for_each = each.value.actions

    content {
      action_group_id = azurerm_monitor_action_group.this[action.value].id
    }
  }

  # PgBouncer's metrics exist only after its diagnostics are on.
  depends_on = [azurerm_postgresql_flexible_server_configuration.pgbouncer]
}

resource "azurerm_monitor_metric_alert" "availability" {
  count = local.monitoring.alerts ? 1 : 0

  name                = "api-unreachable"
  resource_group_name = azurerm_resource_group.this.name
  description         = "The API does not answer three of five places in the world."
  severity            = 0
  tags                = local.tags

  scopes = [
    azurerm_application_insights_standard_web_test.api[0].id,
    azurerm_application_insights.this["live"].id,
  ]

  application_insights_web_test_location_availability_criteria {
    web_test_id           = azurerm_application_insights_standard_web_test.api[0].id
    component_id          = azurerm_application_insights.this["live"].id
    failed_location_count = 3
  }

  action {
    action_group_id = azurerm_monitor_action_group.this["pagerduty"].id
  }
}

# Models are retired on dates that move; Microsoft announces them here.
resource "azurerm_monitor_activity_log_alert" "service_health" {
  count = local.monitoring.alerts ? 1 : 0

  name                = "azure-announcements"
  resource_group_name = azurerm_resource_group.this.name
  location            = "global"
  description         = "Azure announces an incident, a change or a retirement."
  scopes              = ["/subscriptions/${data.azurerm_client_config.current.subscription_id}"]
  tags                = local.tags

  criteria {
    category = "ServiceHealth"

    service_health {
      events    = ["Incident", "ActionRequired"]
      locations = ["Global", var.location]
    }
  }

  action {
    action_group_id = azurerm_monitor_action_group.this["teams"].id
  }
}
