# Staging: production's services, one instance of each.
environment = "staging"
location    = "westeurope"

web_sku                 = "P1v3"
web_instances           = 1
jobs_sku                = "P1v3"
autoscale_enabled       = false
deployment_slot_enabled = false

custom_domains_enabled = false
static_web_app_enabled = false

nat_gateway_enabled    = true
private_agents_enabled = true

postgresql_sku                          = "GP_Standard_D2ds_v5"
postgresql_high_availability_enabled    = false
postgresql_geo_redundant_backup_enabled = false

redis_sku                       = "Balanced_B5"
redis_high_availability_enabled = true
redis_persistence_enabled       = true

purge_protection_enabled = true

openai_deployments = {
  chat  = { name = "gpt-5.1", model = "gpt-5.1", version = "2025-11-13", capacity = 120 }
  small = { name = "gpt-5.4-mini", model = "gpt-5.4-mini", version = "2026-03-17", capacity = 200 }
}
llm_budget_all_day = 20
llm_cost_alert_day = 10

sailpoint_base_url   = "https://icarus-sb.api.identitynow.com"
smoke_identity_email = "chatbot-smoke@icarus.com"

monitoring_level = "full"
monthly_budget   = 1200

alert_receivers = {
  pagerduty = "chatbot-staging@icarus.com"
  teams     = "chatbot-staging@icarus.com"
  email     = "chatbot-staging@icarus.com"
  security  = "security@icarus.com"
}
