# terraform init -backend-config=environments/staging.backend.hcl
resource_group_name  = "rg-chatbot-state"
storage_account_name = "icaruschatbotstate"
container_name       = "staging"
key                  = "chatbot-staging.tfstate"
