#!/usr/bin/env bash
# Stands in for terraform destroy.
set -euo pipefail

# What a user typed is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$ENVIRONMENT_ID" =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$ ]]; then
  echo "##vso[task.logissue type=error]The field entity is refused."
  exit 1
fi

echo "Destroyed what belongs to $ENVIRONMENT_ID"
