# --- The model ----------------------------------------------------------------------------------

variable "openai_deployments" {
  description = "The two models by role. Capacity is in thousands of tokens per minute; Azure derives the requests per minute from it."
  type = object({
    chat  = object({ name = string, model = string, version = string, sku = optional(string, "GlobalStandard"), capacity = number })
    small = object({ name = string, model = string, version = string, sku = optional(string, "GlobalStandard"), capacity = number })
  })

  validation {
    condition     = alltrue([for deployment in values(var.openai_deployments) : deployment.capacity >= 1])
    error_message = "openai_deployments: capacity must be at least 1 (thousand tokens per minute)."
  }

  validation {
    condition     = !contains(["prod", "dr"], var.environment) || var.openai_deployments.chat.capacity >= 120
    error_message = "openai_deployments: the chat model needs at least 120 (thousand tokens per minute) in production."
  }

  validation {
    condition     = alltrue([for deployment in values(var.openai_deployments) : !startswith(deployment.model, "gpt-4o")])
    error_message = "openai_deployments: gpt-4o and gpt-4o-mini were retired on 2026-10-01 and can no longer be deployed."
  }
}

variable "llm_fallback_provider" {
  description = "Asked when Azure OpenAI cannot answer. anthropic leaves Azure over the internet and needs its key in the vault."
  type        = string
  default     = null

  validation {
    condition     = var.llm_fallback_provider == null ? true : var.llm_fallback_provider == "anthropic"
    error_message = "llm_fallback_provider must be anthropic, or left out."
  }
}

variable "llm_budget_person_day" {
  description = "US dollars that one person's calls may cost in a day (UTC). No limit if left out."
  type        = number
  default     = null

  validation {
    condition     = var.llm_budget_person_day == null ? true : var.llm_budget_person_day > 0
    error_message = "llm_budget_person_day must be above 0, or left out."
  }
}

variable "llm_budget_all_day" {
  description = "US dollars that all calls may cost in a day (UTC); calls above it are refused."
  type        = number

  validation {
    condition     = var.llm_budget_all_day > 0
    error_message = "llm_budget_all_day must be above 0."
  }
}

variable "llm_cost_alert_day" {
  description = "US dollars of model cost in a day (UTC) above which an e-mail is sent."
  type        = number

  validation {
    condition     = var.llm_cost_alert_day > 0 && var.llm_cost_alert_day <= var.llm_budget_all_day
    error_message = "llm_cost_alert_day must be above 0 and at most llm_budget_all_day: above the budget nothing is spent, so nothing would be reported."
  }
}

# --- SailPoint ----------------------------------------------------------------------------------

variable "sailpoint_base_url" {
  description = "Base of the tenant's API."
  type        = string

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.sailpoint_base_url))
    error_message = "sailpoint_base_url must be https:// and a host, without a path."
  }
}

variable "sailpoint_base_url_slot" {
  description = "The tenant that the staging slot talks to; that of sailpoint_base_url if left out."
  type        = string
  default     = null

  validation {
    condition     = var.sailpoint_base_url_slot == null ? true : can(regex("^https://[a-z0-9.-]+$", var.sailpoint_base_url_slot))
    error_message = "sailpoint_base_url_slot must be https:// and a host, without a path."
  }
}

# --- Monitoring ---------------------------------------------------------------------------------

variable "monitoring_level" {
  description = "basic: telemetry. full: also the platform's logs and an availability test. alerts: also alerts."
  type        = string

  validation {
    condition     = contains(["basic", "full", "alerts"], var.monitoring_level)
    error_message = "monitoring_level must be basic, full or alerts."
  }
}

variable "log_analytics_workspace_id" {
  description = "A workspace shared with other teams. One is made here if left out."
  type        = string
  default     = null

  validation {
    condition     = var.log_analytics_workspace_id == null ? true : can(regex("/workspaces/[^/]+$", var.log_analytics_workspace_id))
    error_message = "log_analytics_workspace_id must be the resource id of a Log Analytics workspace."
  }
}

variable "log_level" {
  description = "What the application logs."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["debug", "info", "warning", "error"], var.log_level)
    error_message = "log_level must be debug, info, warning or error."
  }
}

variable "console_logs_enabled" {
  description = "Whether standard output goes to the workspace, too. The application exports its own events: each of their lines would be paid for twice."
  type        = bool
  default     = false
}

variable "alert_receivers" {
  description = "E-mail addresses by channel: PagerDuty and Teams both take mail, and an address holds no key that the state would keep."
  type = object({
    pagerduty = string
    teams     = string
    email     = string
    security  = string
  })

  validation {
    condition     = alltrue([for address in values(var.alert_receivers) : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "alert_receivers must be e-mail addresses."
  }
}

variable "rotation_webhook" {
  description = "Name of the incoming-webhook service connection that starts the rotation pipeline."
  type        = string
  default     = "chatbot-secret-rotation"

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+$", var.rotation_webhook))
    error_message = "rotation_webhook must hold letters, digits and hyphens only: it is part of an address."
  }
}

variable "monthly_budget" {
  description = "What the resource group may cost in a month, in the subscription's currency. Mails go out at 80 and at 100 %."
  type        = number

  validation {
    condition     = var.monthly_budget > 0
    error_message = "monthly_budget must be above 0."
  }
}

variable "budget_start" {
  description = "First day of the budget, the first of a month."
  type        = string
  default     = "2026-12-01T00:00:00Z"

  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-01T00:00:00Z$", var.budget_start))
    error_message = "budget_start must be the first of a month, such as 2026-12-01T00:00:00Z."
  }
}
