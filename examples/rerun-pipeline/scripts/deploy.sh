#!/usr/bin/env bash
# Stands in for your deployment: the environment "unsteady" does not answer at the first attempt.
set -euo pipefail

# What a user typed is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$ENVIRONMENT" =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$ ]]; then
  echo "##vso[task.logissue type=error]The field environment is refused."
  exit 1
fi

echo "Deploying to $ENVIRONMENT, attempt $ATTEMPT"
if [[ "$ENVIRONMENT" == unsteady && "$ATTEMPT" == 1 ]]; then
  echo "##vso[task.logissue type=error]The environment $ENVIRONMENT does not answer"
  exit 1
fi
echo "Deployed"
