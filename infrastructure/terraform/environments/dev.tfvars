# Development: the smallest SKUs in the same architecture.
environment = "dev"
location    = "westeurope"

web_sku                 = "B1"
web_instances           = 1
jobs_sku                = "B1"
autoscale_enabled       = false
deployment_slot_enabled = false

custom_domains_enabled = false
static_web_app_enabled = false

# The stores have no public address here either: without agents in the network nobody could migrate.
nat_gateway_enabled    = true
private_agents_enabled = true

postgresql_sku                          = "B_Standard_B2ms"
postgresql_high_availability_enabled    = false
postgresql_geo_redundant_backup_enabled = false

redis_sku                       = "Balanced_B0"
redis_high_availability_enabled = false
redis_persistence_enabled       = false
redis_cache_sku                 = { sku_name = "Basic", family = "C", capacity = 1 }

purge_protection_enabled = false

openai_deployments = {
  chat  = { name = "gpt-5.1", model = "gpt-5.1", version = "2025-11-13", capacity = 30 }
  small = { name = "gpt-5.4-mini", model = "gpt-5.4-mini", version = "2026-03-17", capacity = 30 }
}
llm_budget_all_day = 5
llm_cost_alert_day = 5

sailpoint_base_url   = "https://icarus-sb.api.identitynow.com"
smoke_identity_email = "chatbot-smoke@icarus.com"

log_level        = "debug"
monitoring_level = "basic"
monthly_budget   = 350

alert_receivers = {
  pagerduty = "chatbot-dev@icarus.com"
  teams     = "chatbot-dev@icarus.com"
  email     = "chatbot-dev@icarus.com"
  security  = "security@icarus.com"
}
