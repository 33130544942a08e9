# Alerts on what the application reports. Metrics are never sampled. Percentiles come from spans all the
# same, for a metric arrives as a sum, a least and a most; spans are sampled, and weighted by ItemCount.
locals {
  # The workspace may be shared, and the staging slot reports to it too.
  live_only = "| where _ResourceId =~ '${azurerm_application_insights.this["live"].id}'"

  # Sockets and streams last as long as the conversation: their duration says nothing.
  without_streams = "| where Name !startswith 'WS ' and Name !in ('POST /api/agent', 'GET /api/runs/{runId}/events')"

  failed_percent = <<-KQL
    AppRequests
    ${local.live_only}
    | summarize Total = sum(ItemCount), Failed = sumif(ItemCount, ResultCode startswith '5')
    | where Total > 0
    | project Value = 100.0 * Failed / Total
  KQL

  query_alert_defaults = {
    severity  = 2
    actions   = ["teams"]
    operator  = "GreaterThan"
    window    = "PT5M"
    frequency = "PT5M"
  }

  query_alert_rows = {
    "high-error-rate" = {
      description = "More than 5 % of the requests answered 5xx for 5 minutes."
      severity    = 1
      actions     = ["pagerduty", "teams"]
      query       = local.failed_percent
      threshold   = 5
    }

    "error-rate" = {
      description = "More than 1 % of the requests answered 5xx."
      query       = local.failed_percent
      threshold   = 1
      window      = "PT15M"
    }

    "response-time" = {
      description = "The slowest 5 % of the responses took more than 5 seconds."
      query       = <<-KQL
        AppRequests
        ${local.live_only}
        ${local.without_streams}
        | summarize Value = percentilew(DurationMs, ItemCount, 95) / 1000
      KQL
      threshold   = 5
      window      = "PT15M"
    }

    "llm-latency" = {
      description = "The slowest 5 % of the model's answers took more than 10 seconds."
      query       = <<-KQL
        AppDependencies
        ${local.live_only}
        | where isnotempty(Properties['gen_ai.operation.name']) and isnotempty(Properties['gen_ai.provider.name'])
        | summarize Value = percentilew(DurationMs, ItemCount, 95) / 1000
      KQL
      threshold   = 10
      window      = "PT15M"
    }

    "llm-budget-exceeded" = {
      description = "Models have cost more today than the threshold."
      actions     = ["email"]
      query       = <<-KQL
        AppMetrics
        ${local.live_only}
        | where Name == '${local.metrics.llm_cost}' and TimeGenerated >= startofday(now())
        | summarize Value = sum(Sum)
      KQL
      threshold   = var.llm_cost_alert_day
      window      = "P1D"
      frequency   = "PT1H"
    }

    "sailpoint-errors" = {
      description = "SailPoint failed more than 5 times in an hour."
      query       = <<-KQL
        AppMetrics
        ${local.live_only}
        | where Name == '${local.metrics.sailpoint_errors}'
        | summarize Value = sum(Sum)
      KQL
      threshold   = 5
      window      = "PT1H"
      frequency   = "PT15M"
    }

    "sailpoint-unreachable" = {
      # Figures come once a minute from every process: five in a row are five without one that went well.
      description = "Five calls of SailPoint failed, and none went well."
      severity    = 1
      query       = <<-KQL
        AppMetrics
        ${local.live_only}
        | where Name in ('${local.metrics.sailpoint_errors}', '${local.metrics.sailpoint_calls}')
        | summarize
            Failed = sumif(Sum, Name == '${local.metrics.sailpoint_errors}'),
            Well = countif(Name == '${local.metrics.sailpoint_calls}' and Properties['outcome'] == 'done')
        | project Value = iff(Well == 0, Failed, real(0))
      KQL
      operator    = "GreaterThanOrEqual"
      threshold   = 5
    }

    "websocket-connections" = {
      # One row per process and minute: the fullest worker counts, not the sum.
      description = "A worker holds more than 80 % of the sockets that it is sized for."
      query       = <<-KQL
        AppMetrics
        ${local.live_only}
        | where Name == '${local.metrics.sockets}'
        | summarize Value = 100.0 * max(Max) / ${var.sockets_per_worker}
      KQL
      threshold   = 80
    }
  }

  query_alerts = { for name, alert in local.query_alert_rows : name => merge(local.query_alert_defaults, alert) }
}

resource "azurerm_monitor_scheduled_query_rules_alert_v2" "this" {
  for_each = local.monitoring.alerts ? local.query_alerts : {}

  name                 = each.key
  resource_group_name  = azurerm_resource_group.this.name
  location             = azurerm_resource_group.this.location
  description          = each.value.description
  severity             = each.value.severity
  scopes               = [local.workspace_id]
  window_duration      = each.value.window
  evaluation_frequency = each.value.frequency
  tags                 = local.tags

  auto_mitigation_enabled = true

  # The tables exist only once the application has reported for the first time.
  skip_query_validation = true

  criteria {
    query                   = each.value.query
    metric_measure_column   = "Value"
    time_aggregation_method = "Maximum"
    operator                = each.value.operator
    threshold               = each.value.threshold

    failing_periods {
      minimum_failing_periods_to_trigger_alert = 1
      number_of_evaluation_periods             = 1
    }
  }

  action {
    action_groups = [for group in each.value.actions : azurerm_monitor_action_group.this[group].id]
  }
}
