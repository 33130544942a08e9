#!/bin/sh
# Everything that needs no sign-in: format, validity, what variables refuse, and each environment as
# its values make it. Providers are mocked, but their schemas are needed: the registry, or a mirror.
set -eu
cd "$(dirname "$0")/.."

terraform fmt -check -recursive
terraform init -backend=false -input=false
terraform validate
terraform test

for environment in dev staging prod dr; do
  terraform test -test-directory=tests/environments \
    -filter="tests/environments/$environment.tftest.hcl" -var-file="environments/$environment.tfvars"
done
