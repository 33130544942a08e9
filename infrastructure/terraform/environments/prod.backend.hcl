# terraform init -backend-config=environments/prod.backend.hcl
resource_group_name  = "rg-chatbot-state"
storage_account_name = "icaruschatbotstate"
container_name       = "prod"
key                  = "chatbot-prod.tfstate"
