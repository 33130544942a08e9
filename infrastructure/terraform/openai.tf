resource "azurerm_cognitive_account" "openai" {
  name                = local.names.openai
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  kind                = "OpenAI"
  sku_name            = "S0"
  tags                = local.tags

  # Entra tokens and private endpoints both need a name of the account's own.
  custom_subdomain_name         = local.names.openai
  local_auth_enabled            = false
  public_network_access_enabled = false

  network_acls {
    default_action = "Deny"
  }
}

resource "azurerm_cognitive_deployment" "this" {
  for_each = var.openai_deployments

  name                 = each.value.name
  cognitive_account_id = azurerm_cognitive_account.openai.id

  # A version that is retired answers with an error. Azure moves the deployment on only then, not
  # whenever a newer one appears: what the product sends is known to work with this one.
  version_upgrade_option = "OnceCurrentVersionExpired"

  model {
    format  = "OpenAI"
    name    = each.value.model
    version = each.value.version
  }

  sku {
    name     = each.value.sku
    capacity = each.value.capacity
  }
}
