#!/usr/bin/env bash
# Applies, and prints the entity. Where there is no Terraform it stands in for it, so that the example runs anywhere.
set -euo pipefail

# What a user typed is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$NAME" =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$ ]]; then
  echo "##vso[task.logissue type=error]The field name is refused." >&2
  exit 1
fi
if [[ ! "$SIZE_GB" =~ ^[0-9]{1,6}$ ]]; then
  echo "##vso[task.logissue type=error]The field sizeGb is refused." >&2
  exit 1
fi

cd "$(dirname "$0")"
if command -v terraform > /dev/null; then
  terraform init -input=false > /dev/null
  terraform apply -input=false -auto-approve -var "name=$NAME" -var "size_gb=$SIZE_GB" > /dev/null
  terraform output -json port_entity
else
  printf '{"identifier":"%s","title":"Storage %s","properties":{"name":"%s","region":"westeurope","endpoint":"https://%s.blob.example.com","sizeGb":%s,"isPublic":false,"versions":["1.10","2.0"]}}\n' \
    "$NAME" "$NAME" "$NAME" "$NAME" "$SIZE_GB"
fi
