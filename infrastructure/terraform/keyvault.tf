resource "azurerm_key_vault" "this" {
  for_each = local.sides

  name                = local.names_by_side[each.key].vault
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  tenant_id           = data.azurerm_client_config.current.tenant_id
  sku_name            = "standard"
  tags                = local.tags

  rbac_authorization_enabled    = true
  soft_delete_retention_days    = 90
  purge_protection_enabled      = var.purge_protection_enabled
  public_network_access_enabled = false

  network_acls {
    default_action = "Deny"
    bypass         = "None"
  }
}

# Only names stand here. The security team puts the values into the vaults (README, "First run"):
# a value written by Terraform would lie in its state, and would need a right to write secrets.
locals {
  known_secrets = {
    DATABASE_URL            = "chatbot-db-connection-string"
    REDIS_URL               = "chatbot-redis-connection-string"
    SAILPOINT_CLIENT_ID     = "chatbot-sailpoint-client-id"
    SAILPOINT_CLIENT_SECRET = "chatbot-sailpoint-client-secret"
    ANTHROPIC_API_KEY       = "chatbot-anthropic-api-key"
  }

  secrets = {
    for setting, secret in local.known_secrets : setting => secret
    if setting != "ANTHROPIC_API_KEY" || var.llm_fallback_provider == "anthropic"
  }

  # Without a version, so that App Service picks up a new one by itself within a day.
  secret_references = {
    for side in local.sides : side => {
      for setting, secret in local.secrets :
      setting => "@Microsoft.KeyVault(VaultName=${local.names_by_side[side].vault};SecretName=${secret})"
    }
  }
}
