variable "environment" {
  description = "Which environment this is. dr is production, rebuilt in the paired region."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod", "dr"], var.environment)
    error_message = "environment must be dev, staging, prod or dr."
  }
}

variable "organisation" {
  description = "First part of every name that must be unique in all of Azure."
  type        = string
  default     = "icarus"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,7}$", var.organisation))
    error_message = "organisation must have 2 to 8 lower-case letters or digits, a letter first: vault names have room for no more."
  }
}

variable "location" {
  description = "Azure region, in its short form."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.location))
    error_message = "location must be the short name of a region, such as westeurope."
  }
}

variable "tags" {
  description = "Tags on top of the ones that every resource carries."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.tags), ["application", "environment", "managed_by"])) == 0
    error_message = "tags must leave application, environment and managed_by alone."
  }
}

# --- Who may what -------------------------------------------------------------------------------

variable "smoke_identity_email" {
  description = "E-mail address by which SailPoint knows the pipeline's smoke identity, whose token has none. Left out where only people sign in."
  type        = string
  default     = null

  validation {
    condition     = var.smoke_identity_email == null || can(regex("^[^@\\s]+@[^@\\s]+$", var.smoke_identity_email))
    error_message = "smoke_identity_email must be an e-mail address."
  }
}

variable "entra_client_id" {
  description = "Application (client) id of the API's registration in Entra ID."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-fA-F-]{36}$", var.entra_client_id))
    error_message = "entra_client_id must be a GUID."
  }
}

variable "pipeline_principal_id" {
  description = "Object id of the delivery pipeline's service principal; it reads secrets for the migrations."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-fA-F-]{36}$", var.pipeline_principal_id))
    error_message = "pipeline_principal_id must be the object id (a GUID) of the service principal, not its application id."
  }
}

variable "security_team_object_id" {
  description = "Object id of the security team's Entra group: break-glass access to the vaults, and the only one that writes secrets."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-fA-F-]{36}$", var.security_team_object_id))
    error_message = "security_team_object_id must be the object id (a GUID) of a group."
  }
}

# --- Network ------------------------------------------------------------------------------------

variable "address_space" {
  description = "Address space of the virtual network, a /16. Subnets are /24 parts of it."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrhost(var.address_space, 0)) && endswith(var.address_space, "/16")
    error_message = "address_space must be an IPv4 block ending in /16."
  }
}

variable "nat_gateway_enabled" {
  description = "One fixed outgoing address, for SailPoint's allow-list; private agents need it to reach the internet."
  type        = bool
}

variable "private_agents_enabled" {
  description = "A pool of build agents inside the network: Microsoft-hosted ones reach neither the database nor the vaults."
  type        = bool

  validation {
    condition     = !var.private_agents_enabled || var.nat_gateway_enabled
    error_message = "private_agents_enabled needs nat_gateway_enabled: subnets here have no outgoing access of their own."
  }
}

variable "devops_infrastructure_object_id" {
  description = "Object id, in this tenant, of Microsoft's DevOpsInfrastructure service principal, which puts agents into the network."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-fA-F-]{36}$", var.devops_infrastructure_object_id))
    error_message = "devops_infrastructure_object_id must be a GUID; `az ad sp list --display-name DevOpsInfrastructure` shows it."
  }
}

variable "azure_devops_organisation" {
  description = "Name of the Azure DevOps organisation that owns the agents and the rotation pipeline."
  type        = string
  default     = "icarus"

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,48}[A-Za-z0-9]$", var.azure_devops_organisation))
    error_message = "azure_devops_organisation must be the name alone, without https://dev.azure.com/."
  }
}

variable "azure_devops_project" {
  description = "Project in it that may use the agents."
  type        = string
  default     = "chatbot"

  validation {
    condition     = can(regex("^[^/]{1,64}$", var.azure_devops_project))
    error_message = "azure_devops_project must be the name alone, of 1 to 64 characters."
  }
}

# --- Compute ------------------------------------------------------------------------------------

variable "web_sku" {
  description = "SKU of the web application's plan. It also decides the number of gunicorn workers."
  type        = string

  validation {
    condition     = contains(["B1", "P1v3", "P2v3", "P3v3"], var.web_sku)
    error_message = "web_sku must be B1, P1v3, P2v3 or P3v3."
  }

  validation {
    condition     = !contains(["prod", "dr"], var.environment) || startswith(var.web_sku, "P")
    error_message = "web_sku must be Premium v3 in production."
  }
}

variable "web_instances" {
  description = "Instances of the web application; where it scales by itself, the fewest."
  type        = number

  validation {
    condition     = var.web_instances >= 1 && var.web_instances <= 6 && floor(var.web_instances) == var.web_instances
    error_message = "web_instances must be a whole number from 1 to 6."
  }

  validation {
    condition     = !contains(["prod", "dr"], var.environment) || var.web_instances >= 2
    error_message = "web_instances must be at least 2 in production: one instance is never replaced when it is ill."
  }
}

variable "jobs_sku" {
  description = "SKU of the plan that the worker and the scheduler share."
  type        = string

  validation {
    condition     = contains(["B1", "P1v3", "P2v3", "P3v3"], var.jobs_sku)
    error_message = "jobs_sku must be B1, P1v3, P2v3 or P3v3."
  }

  validation {
    condition     = !contains(["prod", "dr"], var.environment) || startswith(var.jobs_sku, "P")
    error_message = "jobs_sku must be Premium v3 in production."
  }
}

variable "worker_instances" {
  description = "Instances of the worker. The scheduler always has one."
  type        = number
  default     = 1

  validation {
    condition     = var.worker_instances >= 1 && floor(var.worker_instances) == var.worker_instances
    error_message = "worker_instances must be a whole number from 1."
  }

  validation {
    condition     = var.worker_instances == 1 || startswith(var.jobs_sku, "P")
    error_message = "worker_instances above 1 need a Premium jobs_sku: on a Basic plan the scheduler would have as many."
  }
}

variable "autoscale_enabled" {
  description = "Whether the web application scales by itself, from web_instances to 6."
  type        = bool

  validation {
    condition     = !var.autoscale_enabled || startswith(var.web_sku, "P")
    error_message = "autoscale_enabled needs a Premium web_sku."
  }

  validation {
    condition     = !var.autoscale_enabled || var.web_instances >= 2
    error_message = "autoscale_enabled needs web_instances of at least 2: scaling in must leave one when another is replaced."
  }
}

variable "deployment_slot_enabled" {
  description = "Whether the web application has a staging slot, with a vault, cache, database and telemetry of its own."
  type        = bool

  validation {
    condition     = !var.deployment_slot_enabled || startswith(var.web_sku, "P")
    error_message = "deployment_slot_enabled needs a Premium web_sku."
  }
}

variable "scheduler_enabled" {
  description = "Whether the scheduler sends what is due. Off in a rebuild that has not taken over yet."
  type        = bool
  default     = true
}

variable "sockets_per_worker" {
  description = "WebSockets that one gunicorn worker is sized for; alerts and scaling count against it."
  type        = number
  default     = 1000

  validation {
    condition     = var.sockets_per_worker >= 1 && floor(var.sockets_per_worker) == var.sockets_per_worker
    error_message = "sockets_per_worker must be a whole number from 1."
  }
}

# --- Names on the internet ----------------------------------------------------------------------

variable "custom_domains_enabled" {
  description = "Whether page and API answer under names of their own. The DNS records must exist before; the output dns_records lists them."
  type        = bool

  validation {
    condition     = !var.custom_domains_enabled || (var.page_domain != null && var.api_domain != null)
    error_message = "custom_domains_enabled needs page_domain and api_domain."
  }
}

variable "page_domain" {
  description = "Host name of the page."
  type        = string
  default     = null

  validation {
    condition     = var.page_domain == null ? true : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.page_domain))
    error_message = "page_domain must be a host name, without https://."
  }
}

variable "api_domain" {
  description = "Host name of the API. One name cannot serve both: Static Web Apps passes on no WebSocket."
  type        = string
  default     = null

  validation {
    condition     = var.api_domain == null || var.api_domain != var.page_domain
    error_message = "api_domain must differ from page_domain."
  }

  validation {
    condition     = var.api_domain == null ? true : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.api_domain))
    error_message = "api_domain must be a host name, without https://."
  }
}

variable "static_web_app_enabled" {
  description = "Whether Static Web Apps serves the page. Otherwise the web application does, from its own package."
  type        = bool
}

variable "static_web_app_location" {
  description = "Region of the Static Web App; the service is offered in few."
  type        = string
  default     = "westeurope"

  validation {
    condition     = contains(["centralus", "eastasia", "eastus2", "westeurope", "westus2"], var.static_web_app_location)
    error_message = "static_web_app_location must be centralus, eastasia, eastus2, westeurope or westus2."
  }
}
