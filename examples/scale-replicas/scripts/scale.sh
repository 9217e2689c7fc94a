#!/usr/bin/env bash
# Stands in for kubectl scale.
set -euo pipefail

# What a user typed is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$SERVICE" =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$ ]]; then
  echo "##vso[task.logissue type=error]The field entity is refused."
  exit 1
fi
if [[ ! "$REPLICAS" =~ ^[0-9]{1,4}$ ]]; then
  echo "##vso[task.logissue type=error]The field replicas is refused."
  exit 1
fi

echo "deployment.apps/$SERVICE scaled to $REPLICAS"
