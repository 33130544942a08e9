# Azure Cache for Redis takes no new customers since 2026-04-01 and ends on 2028-09-30. Azure Managed
# Redis is its successor; the other remains as an option for tenants that must keep theirs.
locals {
  redis_flavours = {
    managed = {
      port        = "10000"
      layout      = "prefixes"
      zone        = "privatelink.redis.azure.net"
      subresource = "redisEnterprise"
      namespace   = "Microsoft.Cache/redisEnterprise"
    }
    cache = {
      port        = "6380"
      layout      = "databases"
      zone        = "privatelink.redis.cache.windows.net"
      subresource = "redisCache"
      namespace   = "Microsoft.Cache/redis"
    }
  }

  redis = local.redis_flavours[var.redis_flavour]

  redis_ids = merge(
    { for side, redis in azurerm_managed_redis.this : side => redis.id },
    { for side, redis in azurerm_redis_cache.this : side => redis.id },
  )

  redis_hosts = merge(
    { for side, redis in azurerm_managed_redis.this : side => redis.hostname },
    { for side, redis in azurerm_redis_cache.this : side => redis.hostname },
  )
}

resource "azurerm_managed_redis" "this" {
  for_each = var.redis_flavour == "managed" ? local.sides : toset([])

  name                = local.names_by_side[each.key].redis
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  tags                = local.tags

  sku_name                  = each.key == "live" ? var.redis_sku : var.redis_slot_sku
  high_availability_enabled = each.key == "live" && var.redis_high_availability_enabled
  public_network_access     = "Disabled"

  default_database {
    client_protocol   = "Encrypted"
    clustering_policy = "NoCluster"

    # The queue and the logs of running answers lie beside the caches: nothing may be evicted.
    eviction_policy = "NoEviction"

    # REDIS_URL holds a key. The state holds it too, as an attribute of this resource (README).
    access_keys_authentication_enabled = true

    persistence_append_only_file_backup_frequency = each.key == "live" && var.redis_persistence_enabled ? "1s" : null
  }
}

resource "azurerm_redis_cache" "this" {
  for_each = var.redis_flavour == "cache" ? local.sides : toset([])

  name                = local.names_by_side[each.key].redis
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  tags                = local.tags

  sku_name = each.key == "live" ? var.redis_cache_sku.sku_name : "Basic"
  family   = each.key == "live" ? var.redis_cache_sku.family : "C"
  capacity = each.key == "live" ? var.redis_cache_sku.capacity : 1

  minimum_tls_version           = "1.2"
  non_ssl_port_enabled          = false
  public_network_access_enabled = false

  redis_configuration {
    maxmemory_policy = "noeviction"
  }
}
