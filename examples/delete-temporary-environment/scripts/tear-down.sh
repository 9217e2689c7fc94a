#!/usr/bin/env bash
# Stands in for terraform destroy.
set -euo pipefail

# Without a name, what is destroyed may be everything. And the agent obeys ##vso[ in any output: check before printing.
if [[ ! "${ENVIRONMENT_ID:-}" =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$ ]]; then
  echo "##vso[task.logissue type=error]The name of the environment is empty or refused; nothing is torn down."
  exit 1
fi

echo "Destroyed what belongs to $ENVIRONMENT_ID"
