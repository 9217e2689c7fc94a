#!/usr/bin/env bash
# Stands in for terraform destroy.
set -euo pipefail
echo "Destroyed what belongs to $ENVIRONMENT_ID"
