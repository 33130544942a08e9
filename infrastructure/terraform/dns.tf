locals {
  private_dns_zones = {
    openai     = "privatelink.openai.azure.com"
    vault      = "privatelink.vaultcore.azure.net"
    redis      = local.redis.zone
    postgresql = "privatelink.postgres.database.azure.com"
  }
}

resource "azurerm_private_dns_zone" "this" {
  for_each = local.private_dns_zones

  name                = each.value
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  for_each = local.private_dns_zones

  name                = "${local.names.network}-${each.key}"
  private_dns_zone_id = azurerm_private_dns_zone.this[each.key].id
  virtual_network_id  = azurerm_virtual_network.this.id
  tags                = local.tags
}
