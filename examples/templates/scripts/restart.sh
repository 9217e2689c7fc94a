#!/usr/bin/env bash
# Stands in for "kubectl rollout restart".
set -euo pipefail

# What comes from Port is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$SERVICE" =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$ ]]; then
  echo "##vso[task.logissue type=error]The name of the service is refused."
  exit 1
fi

echo "$SERVICE is restarted"
