#!/usr/bin/env bash
# Stands in for your deployment.
set -euo pipefail

# What a user typed is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$IMAGE_TAG" =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]]; then
  echo "##vso[task.logissue type=error]The field imageTag is refused."
  exit 1
fi

echo "Deploying image $IMAGE_TAG"
