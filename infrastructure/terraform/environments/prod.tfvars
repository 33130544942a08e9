# Production.
environment = "prod"
location    = "westeurope"

web_sku                 = "P2v3"
web_instances           = 2
jobs_sku                = "P1v3"
autoscale_enabled       = true
deployment_slot_enabled = true

custom_domains_enabled = true
page_domain            = "chatbot.icarus.com"
api_domain             = "api.chatbot.icarus.com"
static_web_app_enabled = true

nat_gateway_enabled    = true
private_agents_enabled = true

postgresql_sku                          = "GP_Standard_D4ds_v5"
postgresql_high_availability_enabled    = true
postgresql_geo_redundant_backup_enabled = true

redis_sku                       = "Balanced_B5"
redis_high_availability_enabled = true
redis_persistence_enabled       = true

purge_protection_enabled = true

openai_deployments = {
  chat  = { name = "gpt-5.1", model = "gpt-5.1", version = "2025-11-13", capacity = 120 }
  small = { name = "gpt-5.4-mini", model = "gpt-5.4-mini", version = "2026-03-17", capacity = 200 }
}
llm_budget_all_day = 60
llm_cost_alert_day = 30

sailpoint_base_url      = "https://icarus.api.identitynow.com"
sailpoint_base_url_slot = "https://icarus-sb.api.identitynow.com"
smoke_identity_email    = "chatbot-smoke@icarus.com"

monitoring_level = "alerts"
monthly_budget   = 2200

alert_receivers = {
  pagerduty = "chatbot@icarus.pagerduty.com"
  teams     = "chatbot-alerts@icarus.com"
  email     = "chatbot-owners@icarus.com"
  security  = "security@icarus.com"
}
