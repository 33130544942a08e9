locals {
  # Each level holds the one before.
  monitoring = {
    logs   = contains(["full", "alerts"], var.monitoring_level)
    alerts = var.monitoring_level == "alerts"
  }

  workspace_id = coalesce(var.log_analytics_workspace_id, one(azurerm_log_analytics_workspace.this[*].id))

  retention_days = 90
  api_host       = var.custom_domains_enabled ? var.api_domain : local.web_host

  # The metrics of the application, as its own list names them (docs/metrics.md): a test compares the two.
  # No name of one stands anywhere else.
  metrics = {
    runs_active      = "icarus.run.active"
    run_takeovers    = "icarus.run.takeovers"
    run_resumes      = "icarus.run.resumes"
    run_first_text   = "icarus.run.time_to_first_text"
    run_duration     = "icarus.run.duration"
    feedback_ratings = "icarus.feedback.ratings"
    request_duration = "http.server.request.duration"
    requests_active  = "http.server.active_requests"
    sockets          = "icarus.ws.active"
    socket_capacity  = "icarus.ws.capacity"
    llm_wait         = "icarus.llm.wait"
    llm_first_chunk  = "gen_ai.client.operation.time_to_first_chunk"
    llm_duration     = "gen_ai.client.operation.duration"
    llm_tokens       = "gen_ai.client.token.usage"
    llm_cost         = "icarus.llm.cost"
    llm_budget_left  = "icarus.llm.budget.left"
    sailpoint_wait   = "icarus.sailpoint.limiter.wait"
    sailpoint_calls  = "icarus.sailpoint.duration"
    sailpoint_errors = "icarus.sailpoint.errors"
    task_depth       = "icarus.task.queue.depth"
    task_oldest      = "icarus.task.queue.oldest"
    task_duration    = "icarus.task.duration"
    task_failures    = "icarus.task.failures"
    pool_used        = "icarus.db.pool.used"
    pool_size        = "icarus.db.pool.size"
    loop_lag         = "icarus.process.event_loop.lag"
  }
}

resource "azurerm_log_analytics_workspace" "this" {
  count = var.log_analytics_workspace_id == null ? 1 : 0

  name                = local.names.workspace
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  sku                 = "PerGB2018"
  retention_in_days   = local.retention_days
  tags                = local.tags

  local_authentication_enabled = false
}

resource "azurerm_application_insights" "this" {
  for_each = local.sides

  name                = local.names_by_side[each.key].insights
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  application_type    = "web"
  workspace_id        = local.workspace_id
  retention_in_days   = local.retention_days
  tags                = local.tags

  # The application samples (TELEMETRY_TRACES_PER_SECOND); twice would make the counts wrong.
  sampling_percentage = 100

  # Telemetry is accepted from the managed identity only: the connection string is no secret.
  local_authentication_enabled = false
}

resource "azurerm_application_insights_standard_web_test" "api" {
  count = local.monitoring.logs ? 1 : 0

  name                    = "api-answers"
  resource_group_name     = azurerm_resource_group.this.name
  location                = azurerm_resource_group.this.location
  application_insights_id = azurerm_application_insights.this["live"].id
  frequency               = 300
  timeout                 = 30
  retry_enabled           = true
  enabled                 = true
  tags                    = local.tags

  geo_locations = [
    "emea-nl-ams-azr",
    "emea-gb-db3-azr",
    "emea-se-sto-edge",
    "emea-ru-msa-edge",
    "us-va-ash-azr",
  ]

  request {
    url                              = "https://${local.api_host}/health"
    parse_dependent_requests_enabled = false
  }

  validation_rules {
    expected_status_code        = 200
    ssl_check_enabled           = true
    ssl_cert_remaining_lifetime = 14
  }
}

# PagerDuty, Teams and people all read mail; addresses are no secrets, webhook URLs are.
resource "azurerm_monitor_action_group" "this" {
  for_each = local.monitoring.alerts ? toset(["pagerduty", "teams", "email"]) : toset([])

  name                = "ag-chatbot-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  short_name          = each.key
  tags                = local.tags

  email_receiver {
    name                    = each.key
    email_address           = var.alert_receivers[each.key]
    use_common_alert_schema = true
  }
}
