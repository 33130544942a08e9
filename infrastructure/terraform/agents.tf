# Microsoft-hosted agents have no way to the database or the vaults. These run in the network.
resource "azurerm_dev_center" "agents" {
  count = var.private_agents_enabled ? 1 : 0

  name                = "dc-chatbot${local.suffix}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  tags                = local.tags
}

resource "azurerm_dev_center_project" "agents" {
  count = var.private_agents_enabled ? 1 : 0

  name                = "dcp-chatbot${local.suffix}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  dev_center_id       = azurerm_dev_center.agents[0].id
  tags                = local.tags
}

# What Microsoft's service needs to put its machines into our subnet. It opens no data.
resource "azurerm_role_assignment" "agents" {
  for_each = toset(var.private_agents_enabled ? ["Reader", "Network Contributor"] : [])

  scope                = azurerm_virtual_network.this.id
  role_definition_name = each.key
  principal_id         = var.devops_infrastructure_object_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_managed_devops_pool" "agents" {
  count = var.private_agents_enabled ? 1 : 0

  name                  = "chatbot-agents${local.suffix}"
  resource_group_name   = azurerm_resource_group.this.name
  location              = azurerm_resource_group.this.location
  dev_center_project_id = azurerm_dev_center_project.agents[0].id
  maximum_concurrency   = 2
  tags                  = local.tags

  azure_devops_organization {
    organization {
      url         = "https://dev.azure.com/${var.azure_devops_organisation}"
      projects    = [var.azure_devops_project]
      parallelism = 2
    }
  }

  # A fresh machine for every job: nothing that one job read is left for the next.
  stateless_agent {}

  virtual_machine_scale_set_fabric {
    sku_name  = "Standard_D2ads_v5"
    subnet_id = azurerm_subnet.this["agent"].id

    image {
      well_known_image_name = "ubuntu-24.04/latest"
      aliases               = ["ubuntu-24.04"]
    }
  }

  depends_on = [azurerm_role_assignment.agents]
}
