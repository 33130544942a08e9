# terraform init -backend-config=environments/dev.backend.hcl
resource_group_name  = "rg-chatbot-state"
storage_account_name = "icaruschatbotstate"
container_name       = "dev"
key                  = "chatbot-dev.tfstate"
