resource "azurerm_virtual_network" "this" {
  name                = local.names.network
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  address_space       = [var.address_space]
  tags                = local.tags
}

locals {
  subnets = merge(
    {
      app = {
        name       = "app-subnet"
        number     = 1
        delegation = "Microsoft.Web/serverFarms"
        endpoint   = null
      }
      pe = {
        name       = "pe-subnet"
        number     = 2
        delegation = null
        endpoint   = null
      }
      db = {
        name       = "db-subnet"
        number     = 3
        delegation = "Microsoft.DBforPostgreSQL/flexibleServers"
        # PostgreSQL archives its log to storage; without the endpoint that leaves the network.
        endpoint = "Microsoft.Storage"
      }
      mgmt = {
        name       = "mgmt-subnet"
        number     = 4
        delegation = null
        endpoint   = null
      }
    },
    var.private_agents_enabled ? {
      agent = {
        name       = "agent-subnet"
        number     = 5
        delegation = "Microsoft.DevOpsInfrastructure/pools"
        # The deployment sites of the applications admit this subnet only.
        endpoint = "Microsoft.Web"
      }
    } : {},
  )

  prefixes = { for key, subnet in local.subnets : key => cidrsubnet(var.address_space, 8, subnet.number) }
}

resource "azurerm_subnet" "this" {
  for_each = local.subnets

  name                 = each.value.name
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = [local.prefixes[each.key]]

  # A delegated subnet leaves the way out to its service; Azure refuses to close it here.
  default_outbound_access_enabled = each.value.delegation != null

  # Private endpoints ignore the rules of pe-nsg unless their subnet says otherwise.
  private_endpoint_network_policies = each.key == "pe" ? "NetworkSecurityGroupEnabled" : "Disabled"

  dynamic "delegation" {
    for_each = each.value.delegation == null ? [] : [each.value.delegation]

    content {
      name = "delegation"

      service_delegation {
        name = delegation.value
      }
    }
  }

  dynamic "service_endpoint" {
    for_each = each.value.endpoint == null ? [] : [each.value.endpoint]

    content {
      service = service_endpoint.value
    }
  }

  lifecycle {
    # The services themselves fill in the actions of their delegation.
    ignore_changes = [delegation[0].service_delegation[0].actions]
  }
}

# --- The way out ----------------------------------------------------------------------------------

resource "azurerm_public_ip" "nat" {
  count = var.nat_gateway_enabled ? 1 : 0

  name                = "pip-chatbot-nat${local.suffix}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  allocation_method   = "Static"
  sku                 = "Standard"
  tags                = local.tags
}

resource "azurerm_nat_gateway" "this" {
  count = var.nat_gateway_enabled ? 1 : 0

  name                = "ng-chatbot${local.suffix}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  sku_name            = "Standard"
  tags                = local.tags
}

resource "azurerm_nat_gateway_public_ip_association" "this" {
  count = var.nat_gateway_enabled ? 1 : 0

  nat_gateway_id       = azurerm_nat_gateway.this[0].id
  public_ip_address_id = azurerm_public_ip.nat[0].id
}

resource "azurerm_subnet_nat_gateway_association" "this" {
  for_each = var.nat_gateway_enabled ? setintersection(["app", "agent"], keys(local.subnets)) : toset([])

  subnet_id      = azurerm_subnet.this[each.key].id
  nat_gateway_id = azurerm_nat_gateway.this[0].id
}

# --- Private endpoints ----------------------------------------------------------------------------

locals {
  private_endpoints = merge(
    {
      openai = {
        resource_id = azurerm_cognitive_account.openai.id
        subresource = "account"
        zone        = "openai"
      }
    },
    {
      for side in local.sides : "vault-${side}" => {
        resource_id = azurerm_key_vault.this[side].id
        subresource = "vault"
        zone        = "vault"
      }
    },
    {
      for side in local.sides : "redis-${side}" => {
        resource_id = local.redis_ids[side]
        subresource = local.redis.subresource
        zone        = "redis"
      }
    },
  )
}

resource "azurerm_private_endpoint" "this" {
  for_each = local.private_endpoints

  name                = "pe-chatbot-${each.key}${local.suffix}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  subnet_id           = azurerm_subnet.this["pe"].id
  tags                = local.tags

  private_service_connection {
    name                           = each.key
    private_connection_resource_id = each.value.resource_id
    subresource_names              = [each.value.subresource]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.this[each.value.zone].id]
  }
}
