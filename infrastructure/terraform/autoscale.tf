locals {
  # One more instance above the first threshold, one fewer below the second.
  autoscale_rules = {
    cpu = {
      metric    = "CpuPercentage"
      namespace = "Microsoft.Web/serverfarms"
      resource  = azurerm_service_plan.web.id
      statistic = "Average"
      per_one   = false
      out_above = 70
      in_below  = 30
      unit      = 1
    }

    # A metric of the site, not of the plan: all requests of a minute, for each instance.
    requests = {
      metric    = "Requests"
      namespace = "Microsoft.Web/sites"
      resource  = azurerm_linux_web_app.this["web"].id
      statistic = "Sum"
      per_one   = true
      out_above = 500
      in_below  = 100
      unit      = 1
    }

    # An open chat is one request, however long it lasts. In per cent of what an instance is sized for.
    sockets = {
      metric    = local.metrics.sockets
      namespace = "azure.applicationinsights"
      resource  = azurerm_application_insights.this["live"].id
      statistic = "Sum"
      per_one   = true
      out_above = 70
      in_below  = 30
      unit      = var.sockets_per_worker * local.web_workers / 100
    }
  }

  autoscale_window   = "PT10M"
  autoscale_cooldown = "PT5M"

  # The most that are paid for.
  autoscale_maximum = 6

  # Out when any rule says so, in only when all do: Azure Monitor's own way of reading the list.
  autoscale_steps = flatten([
    for rule in values(local.autoscale_rules) : [
      merge(rule, { operator = "GreaterThan", threshold = rule.out_above * rule.unit, direction = "Increase" }),
      merge(rule, { operator = "LessThan", threshold = rule.in_below * rule.unit, direction = "Decrease" }),
    ]
  ])
}

resource "azurerm_monitor_autoscale_setting" "web" {
  count = var.autoscale_enabled ? 1 : 0

  name                = "autoscale-chatbot-web${local.suffix}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  target_resource_id  = azurerm_service_plan.web.id
  tags                = local.tags

  profile {
    name = "load"

    capacity {
      default = var.web_instances
      minimum = var.web_instances
      maximum = local.autoscale_maximum
    }

    dynamic "rule" {
      for_each = local.autoscale_steps

      content {
        metric_trigger {
          metric_name              = rule.value.metric
          metric_namespace         = rule.value.namespace
          metric_resource_id       = rule.value.resource
          statistic                = rule.value.statistic
          divide_by_instance_count = rule.value.per_one
          time_grain               = "PT1M"
          time_window              = local.autoscale_window
          time_aggregation         = "Average"
          operator                 = rule.value.operator
          threshold                = rule.value.threshold
        }

        scale_action {
          direction = rule.value.direction
          type      = "ChangeCount"
          value     = 1
          cooldown  = local.autoscale_cooldown
        }
      }
    }
  }
}
