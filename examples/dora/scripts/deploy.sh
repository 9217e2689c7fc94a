#!/usr/bin/env bash
# Stands in for your deployment: the environment that BROKEN names fails.
set -euo pipefail

echo "Deploying to $ENVIRONMENT"
if [[ "$ENVIRONMENT" == "$BROKEN" ]]; then
  echo "##vso[task.logissue type=error]The environment $ENVIRONMENT does not answer"
  exit 1
fi
echo "Deployed"
