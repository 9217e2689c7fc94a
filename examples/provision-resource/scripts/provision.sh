#!/usr/bin/env bash
# Stands in for "terraform apply" and "terraform output".
set -euo pipefail

if [[ ! "$NAME" =~ ^[a-z][a-z0-9-]{2,39}$ || ! "$DAYS" =~ ^[0-9]{1,2}$ ]]; then
  echo "A database's name has 3 to 40 small letters, digits and hyphens."
  exit 1
fi

echo "azurerm_postgresql_server.$NAME: Creating..."
echo "azurerm_postgresql_server.$NAME: Creation complete"
echo "Apply complete! Resources: 1 added, 0 changed, 0 destroyed."

echo "##vso[task.setvariable variable=host;isOutput=true]$NAME.postgres.example.com"
echo "##vso[task.setvariable variable=ttl;isOutput=true]$(date -u -d "+$DAYS days" +%Y-%m-%dT%H:%M:%SZ)"
