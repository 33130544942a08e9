# The standard's rules by their names, and what they leave out but the services need. `from` and `to`
# name subnets; what is no subnet is taken as it is. The order gives the priorities.
locals {
  network_security_rules = {
    app = [
      {
        name      = "AllowVNetOutbound"
        direction = "Outbound"
        from      = "app"
        to        = ["pe", "db"]
        ports     = ["443", local.postgresql_direct_port, local.postgresql_pooler_port, local.redis.port]
      },
      {
        # A network security group knows no host names: this opens HTTPS to everywhere, and Entra ID,
        # Azure Monitor and the package index depend on it as well as SailPoint does.
        name      = "AllowSailPointOutbound"
        direction = "Outbound"
        from      = "app"
        to        = ["Internet"]
        ports     = ["443"]
      },
      {
        # Instances of one plan reach each other on ports of the platform's choice, by TCP and by UDP.
        name      = "AllowBetweenInstances"
        direction = "Outbound"
        protocol  = "*"
        from      = "app"
        to        = ["app"]
        ports     = ["20000-30000"]
      },
    ]

    pe = [
      {
        name      = "AllowFromApp"
        direction = "Inbound"
        from      = "app"
        to        = ["pe"]
        ports     = ["443", local.redis.port]
      },
    ]

    db = [
      {
        name      = "AllowFromApp"
        direction = "Inbound"
        from      = "app"
        to        = ["db"]
        ports     = [local.postgresql_direct_port, local.postgresql_pooler_port]
      },
      {
        # Primary and standby are both in this subnet.
        name      = "AllowWithinDb"
        direction = "Inbound"
        from      = "db"
        to        = ["db"]
        ports     = [local.postgresql_direct_port, local.postgresql_pooler_port]
      },
    ]

    # Nobody calls these: agents fetch their work, and the management subnet waits for a Bastion.
    mgmt  = []
    agent = []
  }

  # Pipelines read the connection string of the migrations from the vault, and migrate past the pooler.
  network_security_rules_for_agents = {
    pe = [
      {
        name      = "AllowFromAgents"
        direction = "Inbound"
        from      = "agent"
        to        = ["pe"]
        ports     = ["443"]
      },
    ]

    db = [
      {
        name      = "AllowFromAgents"
        direction = "Inbound"
        from      = "agent"
        to        = ["db"]
        ports     = [local.postgresql_direct_port]
      },
    ]
  }

  # The last rule of each group refuses the rest.
  network_security_refusals = {
    app   = { name = "DenyAllOutbound", direction = "Outbound" }
    pe    = { name = "DenyAll", direction = "Inbound" }
    db    = { name = "DenyAll", direction = "Inbound" }
    mgmt  = { name = "DenyAll", direction = "Inbound" }
    agent = { name = "DenyAll", direction = "Inbound" }
  }

  network_security_rule_list = flatten([
    for group in keys(local.subnets) : concat(
      [
        for position, rule in concat(
          local.network_security_rules[group],
          var.private_agents_enabled ? lookup(local.network_security_rules_for_agents, group, []) : [],
          ) : {
          group        = group
          name         = rule.name
          direction    = rule.direction
          access       = "Allow"
          priority     = 100 + 10 * position
          protocol     = lookup(rule, "protocol", "Tcp")
          source       = local.prefixes[rule.from]
          destinations = [for place in rule.to : lookup(local.prefixes, place, place)]
          ports        = rule.ports
        }
      ],
      [
        {
          group        = group
          name         = local.network_security_refusals[group].name
          direction    = local.network_security_refusals[group].direction
          access       = "Deny"
          priority     = 4096
          protocol     = "*"
          source       = "*"
          destinations = ["*"]
          ports        = ["*"]
        },
      ],
    )
  ])
}

resource "azurerm_network_security_group" "this" {
  for_each = local.subnets

  name                = "${each.key}-nsg"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  tags                = local.tags
}

resource "azurerm_network_security_rule" "this" {
  for_each = { for rule in local.network_security_rule_list : "${rule.group}-${rule.name}" => rule }

  name                        = each.value.name
  resource_group_name         = azurerm_resource_group.this.name
  network_security_group_name = azurerm_network_security_group.this[each.value.group].name

  priority  = each.value.priority
  direction = each.value.direction
  access    = each.value.access
  protocol  = each.value.protocol

  # Azure takes "*" and service tags only in the singular forms, lists only in the plural ones.
  source_port_range            = "*"
  source_address_prefix        = each.value.source
  destination_address_prefix   = length(each.value.destinations) == 1 ? one(each.value.destinations) : null
  destination_address_prefixes = length(each.value.destinations) > 1 ? each.value.destinations : null
  destination_port_range       = length(each.value.ports) == 1 ? one(each.value.ports) : null
  destination_port_ranges      = length(each.value.ports) > 1 ? each.value.ports : null
}

resource "azurerm_subnet_network_security_group_association" "this" {
  for_each = local.subnets

  subnet_id                 = azurerm_subnet.this[each.key].id
  network_security_group_id = azurerm_network_security_group.this[each.key].id
}
