terraform {
  # 1.11 is the first with write-only arguments: the database password never enters the state.
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 5.2"
    }
    azapi = {
      source  = "Azure/azapi"
      version = "~> 2.12"
    }
  }

  # Where the state lies is given by environments/<environment>.backend.hcl. Each environment has a
  # key of its own: with one key for all, an apply of one would rewrite the others.
  backend "azurerm" {
    use_oidc         = true
    use_azuread_auth = true
  }
}

provider "azurerm" {
  use_oidc                        = true
  resource_provider_registrations = "none"

  resource_providers_to_register = [
    "Microsoft.AlertsManagement",
    "Microsoft.Cache",
    "Microsoft.CognitiveServices",
    "Microsoft.Consumption",
    "Microsoft.DBforPostgreSQL",
    "Microsoft.DevCenter",
    "Microsoft.DevOpsInfrastructure",
    "Microsoft.EventGrid",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.OperationalInsights",
    "Microsoft.Web",
  ]

  features {
    key_vault {
      purge_soft_delete_on_destroy    = false
      recover_soft_deleted_key_vaults = true
    }

    resource_group {
      prevent_deletion_if_contains_resources = true
    }
  }
}

provider "azapi" {
  use_oidc = true
}

data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "this" {
  name     = local.names.resource_group
  location = var.location
  tags     = local.tags
}
