# One identity for the web application, its slot, the worker and the scheduler. An identity of the
# system's making differs from slot to slot and is never swapped: the staging slot, which starts with
# production's settings during a swap, could not read production's vault. This one has its rights
# before the first application exists, so that the first start already resolves its secrets.
resource "azurerm_user_assigned_identity" "app" {
  name                = local.names.identity
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  tags                = local.tags
}

locals {
  # All rights there are. Developers have none. No application may write or delete a secret: new
  # values come from the security team, by hand or by the rotation pipeline that runs in its name.
  rights = {
    app-reads-secrets                 = { who = "app", role = "Key Vault Secrets User", on = "vault" }
    pipeline-reads-secrets            = { who = "pipeline", role = "Key Vault Secrets User", on = "vault" }
    security-team-administers-secrets = { who = "security-team", role = "Key Vault Administrator", on = "vault" }
    app-asks-models                   = { who = "app", role = "Cognitive Services OpenAI User", on = "openai" }
    app-sends-telemetry               = { who = "app", role = "Monitoring Metrics Publisher", on = "insights" }
  }

  principals = {
    app           = { id = azurerm_user_assigned_identity.app.principal_id, type = "ServicePrincipal" }
    pipeline      = { id = var.pipeline_principal_id, type = "ServicePrincipal" }
    security-team = { id = var.security_team_object_id, type = "Group" }
  }

  scopes = {
    vault    = { for side, vault in azurerm_key_vault.this : side => vault.id }
    openai   = { live = azurerm_cognitive_account.openai.id }
    insights = { for side, insights in azurerm_application_insights.this : side => insights.id }
  }

  role_assignments = merge([
    for name, right in local.rights : {
      for side, scope in local.scopes[right.on] : "${name}-${side}" => {
        scope     = scope
        role      = right.role
        principal = local.principals[right.who]
      }
    }
  ]...)
}

resource "azurerm_role_assignment" "this" {
  for_each = local.role_assignments

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = each.value.principal.id
  principal_type       = each.value.principal.type
}
