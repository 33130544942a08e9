# terraform init -backend-config=environments/dr.backend.hcl
resource_group_name  = "rg-chatbot-state"
storage_account_name = "icaruschatbotstate"
container_name       = "dr"
key                  = "chatbot-dr.tfstate"
