# Nothing is linked to it: a linked backend gets no WebSocket, 45 seconds per request and another
# Authorization header. The page talks to the API under the API's own name.
resource "azurerm_static_web_app" "page" {
  count = var.static_web_app_enabled ? 1 : 0

  name                = local.names.page
  resource_group_name = azurerm_resource_group.this.name
  location            = var.static_web_app_location
  sku_tier            = "Standard"
  sku_size            = "Standard"
  tags                = local.tags

  # Only what the pipeline publishes, nothing that a pull request built.
  preview_environments_enabled = false
}
