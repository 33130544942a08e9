locals {
  # The standard's table: 2 to 3 workers on P1v3, 3 to 4 on P2v3, 4 to 6 on P3v3. Workers wait more
  # than they compute, but relaying many answers keeps each on one core: as many as cores, up to 6.
  workers_by_sku = {
    B1   = 2
    P1v3 = 2
    P2v3 = 4
    P3v3 = 6
  }

  jobs_scale_apart = startswith(var.jobs_sku, "P")
  web_workers      = local.workers_by_sku[var.web_sku]
  gunicorn_options = "-k uvicorn.workers.UvicornWorker -b 0.0.0.0:8000"
  web_health_path  = "/health/ready"

  apps = {
    web = {
      name        = local.names.web
      plan_id     = azurerm_service_plan.web.id
      command     = "gunicorn -w ${local.web_workers} ${local.gunicorn_options} modules.backend.main:app"
      health_path = local.web_health_path
      inbound     = "Allow"
      instances   = null
      settings    = local.web_settings
    }

    # `taskiq worker` listens on no port, and App Service restarts what does not answer its pings: so
    # the same worker runs inside an application that answers /health, and nobody else can reach it.
    worker = {
      name        = local.names.worker
      plan_id     = azurerm_service_plan.jobs.id
      command     = "gunicorn -w 1 ${local.gunicorn_options} modules.backend.worker_app:app"
      health_path = "/health"
      inbound     = "Deny"
      instances   = local.jobs_scale_apart ? var.worker_instances : null
      settings    = {}
    }

    scheduler = {
      name        = local.names.scheduler
      plan_id     = azurerm_service_plan.jobs.id
      command     = "gunicorn -w 1 ${local.gunicorn_options} modules.backend.scheduler_app:app"
      health_path = "/health"
      inbound     = "Deny"
      instances   = local.jobs_scale_apart ? 1 : null
      settings    = local.scheduler_settings
    }
  }

  # What the applications and the slot have in common; the slot is a type of its own to the provider.
  site = {
    python_version        = "3.12"
    minimum_tls_version   = "1.2"
    eviction_minutes      = 3
    deployment_by_default = var.private_agents_enabled ? "Deny" : "Allow"
    deployment_subnets    = var.private_agents_enabled ? [azurerm_subnet.this["agent"].id] : []
  }

  # An instance is recycled when it fails or hangs. 503 is left out: the application says so when a
  # store is away, and a restart would not bring the store back.
  auto_heal = {
    failures   = { status_codes = "500-502", count = 50, interval = "00:05:00" }
    slowness   = { path = "/health", time_taken = "00:00:10", count = 5, interval = "00:05:00" }
    at_most    = "00:05:00"
    what_to_do = "Recycle"
  }
}

resource "azurerm_service_plan" "web" {
  name                = "plan-chatbot-web${local.suffix}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  os_type             = "Linux"
  sku_name            = var.web_sku
  worker_count        = var.web_instances
  tags                = local.tags

  lifecycle {
    # Autoscale decides after the first apply.
    ignore_changes = [worker_count]
  }
}

resource "azurerm_service_plan" "jobs" {
  name                = "plan-chatbot-jobs${local.suffix}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  os_type             = "Linux"
  sku_name            = var.jobs_sku
  worker_count        = var.worker_instances
  tags                = local.tags

  # More workers must not mean more schedulers. Basic plans cannot tell the two apart: there
  # worker_instances is 1.
  per_site_scaling_enabled = local.jobs_scale_apart
}

resource "azurerm_linux_web_app" "this" {
  for_each = local.apps

  name                = each.value.name
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  service_plan_id     = each.value.plan_id
  tags                = local.tags

  https_only                = true
  client_affinity_enabled   = false
  virtual_network_subnet_id = azurerm_subnet.this["app"].id

  # Deployments sign in with Entra ID; there is no publishing password that could leak.
  ftp_publish_basic_authentication_enabled       = false
  webdeploy_publish_basic_authentication_enabled = false

  key_vault_reference_identity_id = azurerm_user_assigned_identity.app.id

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.app.id]
  }

  app_settings = merge(local.common_settings, local.settings_by_side["live"], each.value.settings)

  site_config {
    app_command_line         = each.value.command
    always_on                = true
    ftps_state               = "Disabled"
    http2_enabled            = true
    minimum_tls_version      = local.site.minimum_tls_version
    remote_debugging_enabled = false
    scm_minimum_tls_version  = local.site.minimum_tls_version
    use_32_bit_worker        = false
    vnet_route_all_enabled   = true
    websockets_enabled       = true
    worker_count             = each.value.instances

    health_check_path                 = each.value.health_path
    health_check_eviction_time_in_min = local.site.eviction_minutes

    ip_restriction_default_action     = each.value.inbound
    scm_ip_restriction_default_action = local.site.deployment_by_default

    dynamic "scm_ip_restriction" {
      for_each = local.site.deployment_subnets

      content {
        name                      = "build-agents"
        priority                  = 100
        action                    = "Allow"
        virtual_network_subnet_id = scm_ip_restriction.value
      }
    }

    application_stack {
      python_version = local.site.python_version
    }

    auto_heal_setting {
      action {
        action_type                    = local.auto_heal.what_to_do
        minimum_process_execution_time = local.auto_heal.at_most
      }

      trigger {
        status_code {
          status_code_range = local.auto_heal.failures.status_codes
          count             = local.auto_heal.failures.count
          interval          = local.auto_heal.failures.interval
        }

        slow_request_with_path {
          path       = local.auto_heal.slowness.path
          time_taken = local.auto_heal.slowness.time_taken
          count      = local.auto_heal.slowness.count
          interval   = local.auto_heal.slowness.interval
        }
      }
    }
  }

  dynamic "sticky_settings" {
    for_each = each.key == "web" && var.deployment_slot_enabled ? [local.sticky_settings] : []

    content {
      app_setting_names = sticky_settings.value
    }
  }

  # A reference is resolved at the start: the rights must be there before.
  depends_on = [azurerm_role_assignment.this]
}

resource "azurerm_linux_web_app_slot" "staging" {
  count = var.deployment_slot_enabled ? 1 : 0

  name           = local.slot_name
  app_service_id = azurerm_linux_web_app.this["web"].id
  tags           = local.tags

  https_only                = true
  client_affinity_enabled   = false
  virtual_network_subnet_id = azurerm_subnet.this["app"].id

  ftp_publish_basic_authentication_enabled       = false
  webdeploy_publish_basic_authentication_enabled = false

  key_vault_reference_identity_id = azurerm_user_assigned_identity.app.id

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.app.id]
  }

  app_settings = merge(local.common_settings, local.settings_by_side["slot"], local.web_settings)

  site_config {
    app_command_line         = local.apps.web.command
    always_on                = true
    ftps_state               = "Disabled"
    http2_enabled            = true
    minimum_tls_version      = local.site.minimum_tls_version
    remote_debugging_enabled = false
    scm_minimum_tls_version  = local.site.minimum_tls_version
    use_32_bit_worker        = false
    vnet_route_all_enabled   = true
    websockets_enabled       = true

    health_check_path                 = local.apps.web.health_path
    health_check_eviction_time_in_min = local.site.eviction_minutes

    ip_restriction_default_action     = local.apps.web.inbound
    scm_ip_restriction_default_action = local.site.deployment_by_default

    dynamic "scm_ip_restriction" {
      for_each = local.site.deployment_subnets

      content {
        name                      = "build-agents"
        priority                  = 100
        action                    = "Allow"
        virtual_network_subnet_id = scm_ip_restriction.value
      }
    }

    application_stack {
      python_version = local.site.python_version
    }

    auto_heal_setting {
      action {
        action_type                    = local.auto_heal.what_to_do
        minimum_process_execution_time = local.auto_heal.at_most
      }

      trigger {
        status_code {
          status_code_range = local.auto_heal.failures.status_codes
          count             = local.auto_heal.failures.count
          interval          = local.auto_heal.failures.interval
        }

        slow_request_with_path {
          path       = local.auto_heal.slowness.path
          time_taken = local.auto_heal.slowness.time_taken
          count      = local.auto_heal.slowness.count
          interval   = local.auto_heal.slowness.interval
        }
      }
    }
  }

  lifecycle {
    precondition {
      condition     = toset(keys(local.settings_by_side["slot"])) == toset(local.sticky_settings)
      error_message = "settings_by_side: live and slot must have the same names, or a swap would lose one."
    }
  }
}
