#!/usr/bin/env bash
# Stands in for your deployment; the image "broken" does not start.
set -euo pipefail

# What comes from a form or from Port is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$SERVICE" =~ ^[A-Za-z0-9][A-Za-z0-9@_.+:/=-]{0,99}$ ]]; then
  echo "##vso[task.logissue type=error]The name of the service is refused."
  exit 1
fi
if [[ ! "$IMAGE_TAG" =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]]; then
  echo "##vso[task.logissue type=error]The image tag is refused."
  exit 1
fi

echo "Deploying $SERVICE with image $IMAGE_TAG"
if [ "$IMAGE_TAG" = broken ]; then
  echo "$SERVICE does not answer with image $IMAGE_TAG" >&2
  exit 1
fi
