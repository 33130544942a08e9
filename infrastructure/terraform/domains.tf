resource "azurerm_static_web_app_custom_domain" "page" {
  count = var.custom_domains_enabled && var.static_web_app_enabled ? 1 : 0

  static_web_app_id = azurerm_static_web_app.page[0].id
  domain_name       = var.page_domain
  validation_type   = "cname-delegation"
}

resource "azurerm_app_service_custom_hostname_binding" "api" {
  count = var.custom_domains_enabled ? 1 : 0

  hostname            = var.api_domain
  app_service_name    = azurerm_linux_web_app.this["web"].name
  resource_group_name = azurerm_resource_group.this.name

  lifecycle {
    # azurerm_app_service_certificate_binding sets them.
    ignore_changes = [ssl_state, thumbprint]
  }
}

# Free and renewed by Azure, as long as the application can be reached from the internet.
resource "azurerm_app_service_managed_certificate" "api" {
  count = var.custom_domains_enabled ? 1 : 0

  custom_hostname_binding_id = azurerm_app_service_custom_hostname_binding.api[0].id
  tags                       = local.tags
}

resource "azurerm_app_service_certificate_binding" "api" {
  count = var.custom_domains_enabled ? 1 : 0

  hostname_binding_id = azurerm_app_service_custom_hostname_binding.api[0].id
  certificate_id      = azurerm_app_service_managed_certificate.api[0].id
  ssl_state           = "SniEnabled"
}
