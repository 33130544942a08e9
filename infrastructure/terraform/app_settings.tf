locals {
  web_host      = "${local.names.web}.azurewebsites.net"
  slot_host     = "${local.names.web}-staging.azurewebsites.net"
  slot_name     = "staging"
  page_in_web   = "modules/frontend/dist"
  page_not_here = "the-page-is-served-by-static-web-apps"

  # Where the page comes from, by side: sockets and requests from elsewhere are refused. Before it has a
  # name of its own, the page of Static Web Apps has Azure's, and pipelines come from the application's.
  hosts_of_page = {
    live = var.custom_domains_enabled ? [var.page_domain] : concat(azurerm_static_web_app.page[*].default_host_name, [local.web_host])
    slot = [local.slot_host]
  }

  page_origins = { for side in local.sides : side => [for host in local.hosts_of_page[side] : "https://${host}"] }

  # What differs between live and slot, and so must stay where it is when the two are swapped.
  plain_settings_by_side = {
    live = {
      APP_ENV                               = local.app_env
      APPLICATIONINSIGHTS_CONNECTION_STRING = azurerm_application_insights.this["live"].connection_string
      CORS_ORIGINS                          = jsonencode(local.page_origins["live"])
      FRONTEND_DIST                         = var.static_web_app_enabled ? local.page_not_here : local.page_in_web
      SAILPOINT_BASE_URL                    = var.sailpoint_base_url
    }

    slot = {
      APP_ENV                               = "staging"
      APPLICATIONINSIGHTS_CONNECTION_STRING = one([for side, insights in azurerm_application_insights.this : insights.connection_string if side == "slot"])
      CORS_ORIGINS                          = jsonencode(lookup(local.page_origins, "slot", []))
      FRONTEND_DIST                         = local.page_in_web
      SAILPOINT_BASE_URL                    = coalesce(var.sailpoint_base_url_slot, var.sailpoint_base_url)
    }
  }

  settings_by_side = {
    for side in local.sides : side => merge(local.plain_settings_by_side[side], local.secret_references[side])
  }

  sticky_settings = sort(keys(local.settings_by_side["live"]))

  # The application's own settings. Each name stands in .env.example; a test keeps it so.
  application_settings = merge(
    {
      APP_DEBUG     = "false"
      APP_LOG_LEVEL = var.log_level

      AZURE_OPENAI_ENDPOINT         = "https://${local.names.openai}.openai.azure.com"
      AZURE_OPENAI_DEPLOYMENT       = var.openai_deployments.chat.name
      AZURE_OPENAI_DEPLOYMENT_SMALL = var.openai_deployments.small.name
      AZURE_OPENAI_MODEL            = var.openai_deployments.chat.model
      AZURE_OPENAI_MODEL_SMALL      = var.openai_deployments.small.model
      LLM_PROVIDER                  = "azure_openai"
      LLM_TOKENS_PER_MINUTE         = tostring(1000 * var.openai_deployments.chat.capacity)
      LLM_BUDGET_ALL_DAY            = tostring(var.llm_budget_all_day)

      DATABASE_POOLER = local.pgbouncer_enabled ? "pgbouncer" : "none"
      REDIS_LAYOUT    = local.redis.layout

      ENTRA_TENANT_ID = data.azurerm_client_config.current.tenant_id
      ENTRA_CLIENT_ID = var.entra_client_id

      WS_CAPACITY_PER_WORKER = tostring(var.sockets_per_worker)
    },
    var.llm_fallback_provider == null ? {} : { LLM_FALLBACK_PROVIDER = var.llm_fallback_provider },
    var.smoke_identity_email == null ? {} : { AUTH_APP_EMAIL = var.smoke_identity_email },
    var.llm_budget_person_day == null ? {} : { LLM_BUDGET_PERSON_DAY = tostring(var.llm_budget_person_day) },
  )

  # Read by App Service, by Azure's client libraries and by OpenTelemetry.
  platform_settings = {
    # The package has no virtual environment in it: App Service builds one from requirements.txt.
    SCM_DO_BUILD_DURING_DEPLOYMENT = "true"

    # Starting must not wait for a database.
    WEBSITE_WARMUP_PATH     = "/health"
    WEBSITE_WARMUP_STATUSES = "200"

    # The default of 5 seconds is less than gunicorn's grace (gunicorn.conf.py).
    WEBSITES_CONTAINER_STOP_TIME_LIMIT = "60"

    # The platform's own rule recycles whatever answers slowly, and answers of a model take long. The
    # rules of local.auto_heal apply instead.
    WEBSITE_PROACTIVE_AUTOHEAL_ENABLED = "false"

    AZURE_CLIENT_ID         = azurerm_user_assigned_identity.app.client_id
    AZURE_TOKEN_CREDENTIALS = "ManagedIdentityCredential"

    TELEMETRY_TRACES_PER_SECOND = "5"
  }

  common_settings = merge(local.application_settings, local.platform_settings)

  # A swap goes on only when every instance of the slot, now with production's settings, is ready.
  web_settings = {
    WEBSITE_SWAP_WARMUP_PING_PATH     = local.web_health_path
    WEBSITE_SWAP_WARMUP_PING_STATUSES = "200"
  }

  scheduler_settings = {
    SCHEDULER_ENABLED = tostring(var.scheduler_enabled)

    # A restart must end the old process before the new one starts, or both would be there.
    WEBSITE_DISABLE_OVERLAPPED_RECYCLING = "1"
  }
}
