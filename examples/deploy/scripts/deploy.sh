#!/usr/bin/env bash
# Stands in for your deployment: reads its input from the environment, and fails where a service is not known.
set -euo pipefail

# What a user typed is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$ENVIRONMENT" =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$ ]]; then
  echo "##vso[task.logissue type=error]The field environment is refused."
  exit 1
fi

manifest="services/${SERVICE//[^A-Za-z0-9._-]/_}.yml"
if [[ ! -f "$manifest" ]]; then
  echo "Cannot deploy: there is no $manifest"
  exit 1
fi

echo "Deploying $manifest with image tag $IMAGE_TAG to $ENVIRONMENT"
sleep 0.2
echo "Deployed: 3 of 3 replicas are ready"
