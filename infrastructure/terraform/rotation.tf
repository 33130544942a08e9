# A vault says 30 days ahead that a secret is about to expire. The alert mails the security team and
# starts the rotation pipeline. Azure DevOps does not answer Event Grid's handshake, so the way leads
# through an action group, whose webhooks need none.
resource "azurerm_eventgrid_system_topic" "vault" {
  for_each = local.sides

  name                = "evgt-${local.names_by_side[each.key].vault}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  source_resource_id  = azurerm_key_vault.this[each.key].id
  topic_type          = "Microsoft.KeyVault.vaults"
  tags                = local.tags
}

resource "azurerm_monitor_action_group" "rotation" {
  name                = "ag-chatbot-rotation"
  resource_group_name = azurerm_resource_group.this.name
  short_name          = "rotation"
  tags                = local.tags

  email_receiver {
    name                    = "security-team"
    email_address           = var.alert_receivers.security
    use_common_alert_schema = true
  }

  webhook_receiver {
    name                    = "rotation-pipeline"
    service_uri             = "https://dev.azure.com/${var.azure_devops_organisation}/_apis/public/distributedtask/webhooks/${var.rotation_webhook}?api-version=6.0-preview"
    use_common_alert_schema = true
  }
}

# azurerm knows every destination of an event subscription but this one.
resource "azapi_resource" "secret_expiry" {
  for_each = local.sides

  type      = "Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15"
  name      = "secret-near-expiry"
  parent_id = azurerm_eventgrid_system_topic.vault[each.key].id

  body = {
    properties = {
      eventDeliverySchema = "CloudEventSchemaV1_0"
      filter = {
        includedEventTypes = [
          "Microsoft.KeyVault.SecretNearExpiry",
          "Microsoft.KeyVault.SecretExpired",
        ]
      }
      destination = {
        endpointType = "MonitorAlert"
        properties = {
          severity     = "Sev2"
          description  = "A secret of ${local.names_by_side[each.key].vault} expires soon; the rotation pipeline has been started."
          actionGroups = [azurerm_monitor_action_group.rotation.id]
        }
      }
    }
  }
}
