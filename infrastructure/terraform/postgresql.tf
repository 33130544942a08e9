locals {
  # Azure's own limits by SKU; the alert on used-up connections needs the number.
  postgresql_max_connections = {
    "B_Standard_B2ms"      = 859
    "GP_Standard_D2ds_v5"  = 859
    "GP_Standard_D4ds_v5"  = 1718
    "GP_Standard_D8ds_v5"  = 3437
    "GP_Standard_D16ds_v5" = 5000
  }

  # Burstable servers have no PgBouncer; their clients go to PostgreSQL directly.
  pgbouncer_enabled = !startswith(var.postgresql_sku, "B_")

  # Ports are text, as rules of the network want them.
  postgresql_direct_port = "5432"
  postgresql_pooler_port = "6432"

  pgbouncer_pool_size = 50

  # These names are unknown to the server until pgbouncer.enabled is true.
  pgbouncer_parameters = {
    "pgbouncer.pool_mode"           = "transaction"
    "pgbouncer.default_pool_size"   = tostring(local.pgbouncer_pool_size)
    "pgbouncer.min_pool_size"       = "10"
    "pgbouncer.server_idle_timeout" = "600"
    "metrics.pgbouncer_diagnostics" = "on"
  }

  postgresql_create_mode = (
    var.postgresql_restore_from == null ? "Default" :
    var.postgresql_restore_from.moment == null ? "GeoRestore" : "PointInTimeRestore"
  )

  # Azure wants a time for the copy, too, and takes the latest there is before it.
  postgresql_restore_moment = (
    var.postgresql_restore_from == null ? null : coalesce(var.postgresql_restore_from.moment, plantimestamp())
  )
}

resource "azurerm_postgresql_flexible_server" "this" {
  name                = local.names.postgresql
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  version             = "16"
  sku_name            = var.postgresql_sku
  storage_mb          = 131072
  auto_grow_enabled   = true
  tags                = local.tags

  backup_retention_days        = 35
  geo_redundant_backup_enabled = var.postgresql_geo_redundant_backup_enabled

  delegated_subnet_id           = azurerm_subnet.this["db"].id
  private_dns_zone_id           = azurerm_private_dns_zone.this["postgresql"].id
  public_network_access_enabled = false

  administrator_login               = "chatbotadmin"
  administrator_password_wo         = var.postgresql_administrator_password
  administrator_password_wo_version = var.postgresql_administrator_password_version

  create_mode                       = local.postgresql_create_mode
  source_server_id                  = try(var.postgresql_restore_from.server_id, null)
  point_in_time_restore_time_in_utc = local.postgresql_restore_moment

  authentication {
    password_auth_enabled = true
  }

  dynamic "high_availability" {
    for_each = var.postgresql_high_availability_enabled ? ["ZoneRedundant"] : []

    content {
      mode = high_availability.value
    }
  }

  maintenance_window {
    day_of_week = 0
    start_hour  = 3
  }

  lifecycle {
    # A failover swaps the zones. How a server came to be must not make it anew.
    ignore_changes = [
      zone,
      high_availability[0].standby_availability_zone,
      create_mode,
      source_server_id,
      point_in_time_restore_time_in_utc,
    ]
    prevent_destroy = true
  }

  # The server registers its name when it is created; nobody would resolve it before the link.
  depends_on = [azurerm_private_dns_zone_virtual_network_link.this]
}

# A restored server brings its databases along; keep postgresql_restore_from for as long as it lives.
resource "azurerm_postgresql_flexible_server_database" "this" {
  for_each = var.postgresql_restore_from == null ? local.sides : toset([])

  name      = local.names_by_side[each.key].database
  server_id = azurerm_postgresql_flexible_server.this.id
  charset   = "UTF8"
  collation = "en_US.utf8"

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_postgresql_flexible_server_configuration" "tls" {
  name      = "ssl_min_protocol_version"
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = "TLSv1.2"
}

resource "azurerm_postgresql_flexible_server_configuration" "pgbouncer_enabled" {
  count = local.pgbouncer_enabled ? 1 : 0

  name      = "pgbouncer.enabled"
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = "true"
}

resource "azurerm_postgresql_flexible_server_configuration" "pgbouncer" {
  for_each = local.pgbouncer_enabled ? local.pgbouncer_parameters : {}

  name      = each.key
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = each.value

  depends_on = [azurerm_postgresql_flexible_server_configuration.pgbouncer_enabled]
}
