# --- PostgreSQL ---------------------------------------------------------------------------------

variable "postgresql_sku" {
  description = "SKU of the server. PgBouncer and high availability need a general-purpose one."
  type        = string

  validation {
    condition     = contains(keys(local.postgresql_max_connections), var.postgresql_sku)
    error_message = "postgresql_sku must be one whose connection limit is known; see local.postgresql_max_connections."
  }
}

variable "postgresql_high_availability_enabled" {
  description = "A standby in another zone."
  type        = bool

  validation {
    condition     = !var.postgresql_high_availability_enabled || !startswith(var.postgresql_sku, "B_")
    error_message = "postgresql_high_availability_enabled needs a general-purpose postgresql_sku; burstable servers have no zone-redundant standby."
  }
}

variable "postgresql_geo_redundant_backup_enabled" {
  description = "Backups in the paired region too. It can only be chosen when the server is created."
  type        = bool
}

variable "postgresql_administrator_password" {
  description = "Password of the server's administrator. Sent to Azure, kept nowhere else: neither plan nor state holds it."
  type        = string
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = length(var.postgresql_administrator_password) >= 12 && length(var.postgresql_administrator_password) <= 128
    error_message = "postgresql_administrator_password must have 12 to 128 characters."
  }
}

variable "postgresql_administrator_password_version" {
  description = "Raise it to make the next apply set the password anew."
  type        = number
  default     = 1

  validation {
    condition     = var.postgresql_administrator_password_version >= 1 && floor(var.postgresql_administrator_password_version) == var.postgresql_administrator_password_version
    error_message = "postgresql_administrator_password_version must be a whole number from 1."
  }
}

variable "postgresql_restore_from" {
  description = "Makes the server from another one's backup: a moment of it (UTC) in the same region, or its copy in the paired region if no moment is given."
  type = object({
    server_id = string
    moment    = optional(string)
  })
  default = null

  validation {
    condition     = var.postgresql_restore_from == null ? true : can(regex("/flexibleServers/[^/]+$", var.postgresql_restore_from.server_id))
    error_message = "postgresql_restore_from: server_id must be the resource id of a flexible server."
  }

  validation {
    condition     = try(var.postgresql_restore_from.moment, null) == null ? true : can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$", var.postgresql_restore_from.moment))
    error_message = "postgresql_restore_from: moment must be a time in UTC, such as 2026-11-29T12:00:00Z."
  }
}

# --- Redis --------------------------------------------------------------------------------------

variable "redis_flavour" {
  description = "managed is Azure Managed Redis; cache is Azure Cache for Redis, which only tenants that already have one may still create."
  type        = string
  default     = "managed"

  validation {
    condition     = contains(["managed", "cache"], var.redis_flavour)
    error_message = "redis_flavour must be managed or cache."
  }
}

variable "redis_sku" {
  description = "SKU of Azure Managed Redis."
  type        = string

  validation {
    condition     = can(regex("^(Balanced_B|MemoryOptimized_M|ComputeOptimized_X)[0-9]+$", var.redis_sku))
    error_message = "redis_sku must be a SKU of Azure Managed Redis, such as Balanced_B5."
  }
}

variable "redis_high_availability_enabled" {
  description = "A replica of Azure Managed Redis."
  type        = bool
}

variable "redis_persistence_enabled" {
  description = "Writes every second to disk, so that a restart loses no queued task."
  type        = bool
}

variable "redis_slot_sku" {
  description = "SKU of the staging slot's own cache."
  type        = string
  default     = "Balanced_B0"

  validation {
    condition     = can(regex("^(Balanced_B|MemoryOptimized_M|ComputeOptimized_X)[0-9]+$", var.redis_slot_sku))
    error_message = "redis_slot_sku must be a SKU of Azure Managed Redis, such as Balanced_B0."
  }
}

variable "redis_cache_sku" {
  description = "SKU of Azure Cache for Redis, where redis_flavour is cache."
  type = object({
    sku_name = string
    family   = string
    capacity = number
  })
  default = {
    sku_name = "Premium"
    family   = "P"
    capacity = 1
  }

  validation {
    condition     = contains(["Basic", "Standard", "Premium"], var.redis_cache_sku.sku_name) && var.redis_cache_sku.family == (var.redis_cache_sku.sku_name == "Premium" ? "P" : "C")
    error_message = "redis_cache_sku must be Basic or Standard of family C, or Premium of family P."
  }
}

# --- Key Vault ----------------------------------------------------------------------------------

variable "purge_protection_enabled" {
  description = "Whether deleted vaults and secrets are beyond anyone's reach for 90 days. It cannot be taken back."
  type        = bool

  validation {
    condition     = var.purge_protection_enabled || !contains(["prod", "dr"], var.environment)
    error_message = "purge_protection_enabled must be true in production."
  }
}
