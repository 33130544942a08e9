output "resource_group" {
  description = "Name of the resource group."
  value       = azurerm_resource_group.this.name
}

output "apps" {
  description = "Names of the applications, for the pipelines."
  value       = { for key, app in azurerm_linux_web_app.this : key => app.name }
}

output "hosts" {
  description = "Host names: of the API as people reach it, of the web application, and of its staging slot."
  value = {
    api  = local.api_host
    web  = azurerm_linux_web_app.this["web"].default_hostname
    slot = one(azurerm_linux_web_app_slot.staging[*].default_hostname)
    page = one(azurerm_static_web_app.page[*].default_host_name)
  }
}

output "dns_records" {
  description = "Records that must exist before custom_domains_enabled is set."
  value = var.page_domain == null || var.api_domain == null ? {} : {
    (var.page_domain)         = { type = "CNAME", value = try(azurerm_static_web_app.page[0].default_host_name, null) }
    (var.api_domain)          = { type = "CNAME", value = azurerm_linux_web_app.this["web"].default_hostname }
    "asuid.${var.api_domain}" = { type = "TXT", value = nonsensitive(azurerm_linux_web_app.this["web"].custom_domain_verification_id) }
  }
}

output "redirect_uris" {
  description = "Where sign-ins come back to: the redirect URIs of the single-page application, for its registration in Entra ID."
  value       = [for origin in flatten(values(local.page_origins)) : "${origin}/redirect.html"]
}

output "vaults" {
  description = "Names of the vaults by side, and of the secrets that each must hold."
  value = {
    names   = { for side, vault in azurerm_key_vault.this : side => vault.name }
    secrets = values(local.secrets)
  }
}

output "stores" {
  description = "Where the stores answer, for the connection strings that go into the vaults."
  value = {
    postgresql_host        = azurerm_postgresql_flexible_server.this.fqdn
    postgresql_port        = local.pgbouncer_enabled ? local.postgresql_pooler_port : local.postgresql_direct_port
    postgresql_direct_port = local.postgresql_direct_port
    databases              = { for side in local.sides : side => local.names_by_side[side].database }
    redis_hosts            = local.redis_hosts
    redis_port             = local.redis.port
  }
}

output "identity_client_id" {
  description = "Client id of the identity that all applications share."
  value       = azurerm_user_assigned_identity.app.client_id
}

output "outgoing_address" {
  description = "The address that SailPoint sees; none where there is no NAT gateway."
  value       = one(azurerm_public_ip.nat[*].ip_address)
}

output "agent_pool" {
  description = "Name of the pool of private agents; none where there is no pool."
  value       = one(azurerm_managed_devops_pool.agents[*].name)
}
