# The figures of the application on one page. With the alerts it asks for every metric that there is.
locals {
  workbook_charts = [
    {
      title = "Answers under way, taken over, and resumed"
      value = "sum(Sum)"
      names = [local.metrics.runs_active, local.metrics.run_takeovers, local.metrics.run_resumes]
    },
    {
      title = "Answers: seconds to the first text and in all, on average"
      value = "sum(Sum) / sum(ItemCount)"
      names = [local.metrics.run_first_text, local.metrics.run_duration]
    },
    {
      title = "Answers: rated helpful and not"
      value = "sum(Sum)"
      names = [local.metrics.feedback_ratings]
      by    = "Rating = tostring(Properties['rating'])"
    },
    {
      title = "Requests: seconds on average, and under way"
      value = "sum(Sum) / sum(ItemCount)"
      names = [local.metrics.request_duration, local.metrics.requests_active]
    },
    {
      title = "Sockets of the fullest process, and what it is sized for"
      value = "max(Max)"
      names = [local.metrics.sockets, local.metrics.socket_capacity]
    },
    {
      title = "Models: seconds in line, to the first chunk and in all, on average"
      value = "sum(Sum) / sum(ItemCount)"
      names = [
        local.metrics.llm_wait,
        local.metrics.llm_first_chunk,
        local.metrics.llm_duration,
      ]
    },
    {
      title = "Models: tokens"
      value = "sum(Sum)"
      names = [local.metrics.llm_tokens]
    },
    {
      title = "Models: US dollars spent, and left of the day's budget"
      value = "sum(Sum)"
      names = [local.metrics.llm_cost, local.metrics.llm_budget_left]
    },
    {
      title = "SailPoint: seconds at the limiter and in all, on average"
      value = "sum(Sum) / sum(ItemCount)"
      names = [local.metrics.sailpoint_wait, local.metrics.sailpoint_calls]
    },
    {
      title = "SailPoint: failed calls"
      value = "sum(Sum)"
      names = [local.metrics.sailpoint_errors]
    },
    {
      title = "Tasks: unfinished, and seconds that the oldest has waited"
      value = "max(Max)"
      names = [local.metrics.task_depth, local.metrics.task_oldest]
    },
    {
      title = "Tasks: seconds on average"
      value = "sum(Sum) / sum(ItemCount)"
      names = [local.metrics.task_duration]
    },
    {
      title = "Tasks: failed attempts"
      value = "sum(Sum)"
      names = [local.metrics.task_failures]
    },
    {
      title = "Connections to PostgreSQL of the fullest process, and what it may use"
      value = "max(Max)"
      names = [local.metrics.pool_used, local.metrics.pool_size]
    },
    {
      title = "Seconds that the event loop was late, at most"
      value = "max(Max)"
      names = [local.metrics.loop_lag]
    },
  ]
}

resource "azurerm_application_insights_workbook" "figures" {
  count = local.monitoring.logs ? 1 : 0

  # Workbooks are named by an id, which must stay the same.
  name                = "6b0f0f6e-3c53-4b8e-9a55-1f7a3f2d9c41"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  display_name        = "Icarus: figures"
  source_id           = lower(azurerm_application_insights.this["live"].id)
  tags                = local.tags

  data_json = jsonencode({
    version = "Notebook/1.0"
    items = [
      for number, chart in local.workbook_charts : {
        type = 3
        name = "chart-${number}"
        content = {
          version       = "KqlItem/1.0"
          title         = chart.title
          queryType     = 0
          resourceType  = "microsoft.operationalinsights/workspaces"
          visualization = "timechart"
          size          = 0
          timeContext   = { durationMs = 86400000 }
          query         = <<-KQL
            AppMetrics
            ${local.live_only}
            | where Name in ('${join("', '", chart.names)}')
            | summarize Value = ${chart.value} by bin(TimeGenerated, 5m), ${lookup(chart, "by", "Name")}
          KQL
        }
        customWidth = "50"
      }
    ]
    fallbackResourceIds = [local.workspace_id]
  })
}
