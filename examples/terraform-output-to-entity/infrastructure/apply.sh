#!/usr/bin/env bash
# Applies, and prints the entity. Where there is no Terraform it stands in for it, so that the example runs anywhere.
set -euo pipefail
cd "$(dirname "$0")"
if command -v terraform > /dev/null; then
  terraform init -input=false > /dev/null
  terraform apply -input=false -auto-approve -var "name=$NAME" -var "size_gb=$SIZE_GB" > /dev/null
  terraform output -json port_entity
else
  printf '{"identifier":"%s","title":"Storage %s","properties":{"name":"%s","region":"westeurope","endpoint":"https://%s.blob.example.com","sizeGb":%s,"isPublic":false,"versions":["1.10","2.0"]}}\n' \
    "$NAME" "$NAME" "$NAME" "$NAME" "$SIZE_GB"
fi
