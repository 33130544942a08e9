locals {
  # Production carries the standard's plain names. A vault's name may have 24 characters: hence "stg".
  suffixes = {
    dev     = "-dev"
    staging = "-stg"
    prod    = ""
    dr      = "-dr"
  }

  app_envs = {
    dev     = "development"
    staging = "staging"
    prod    = "production"
    dr      = "production"
  }

  suffix  = local.suffixes[var.environment]
  app_env = local.app_envs[var.environment]

  names = {
    resource_group = "rg-chatbot-${var.environment}"
    web            = "${var.organisation}-identity-chatbot${local.suffix}"
    worker         = "${var.organisation}-identity-chatbot-worker${local.suffix}"
    scheduler      = "${var.organisation}-identity-chatbot-scheduler${local.suffix}"
    identity       = "id-chatbot${local.suffix}"
    openai         = "${var.organisation}-openai${local.suffix}"
    postgresql     = "${var.organisation}-chatbot-db${local.suffix}"
    network        = "chatbot-vnet"
    page           = "${var.organisation}-chatbot-page${local.suffix}"
    workspace      = "log-chatbot${local.suffix}"
  }

  # The staging slot shares the code path with production and nothing else: a smoke test must not
  # write into production's database, queue or telemetry. So each of these exists once per side.
  sides = toset(var.deployment_slot_enabled ? ["live", "slot"] : ["live"])

  names_by_side = {
    live = {
      vault    = "${var.organisation}-chatbot-kv${local.suffix}"
      redis    = "${var.organisation}-chatbot-redis${local.suffix}"
      insights = "appi-chatbot${local.suffix}"
      database = "chatbot"
    }
    slot = {
      vault    = "${var.organisation}-slot-kv${local.suffix}"
      redis    = "${var.organisation}-slot-redis${local.suffix}"
      insights = "appi-slot${local.suffix}"
      database = "chatbot_staging"
    }
  }

  tags = merge(
    {
      application = "icarus-identity-chatbot"
      environment = var.environment
      managed_by  = "terraform"
    },
    var.tags,
  )
}
