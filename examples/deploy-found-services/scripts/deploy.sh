#!/usr/bin/env bash
# Stands in for your deployment; the image "broken" does not start.
set -euo pipefail
echo "Deploying $SERVICE with image $IMAGE_TAG"
if [ "$IMAGE_TAG" = broken ]; then
  echo "$SERVICE does not answer with image $IMAGE_TAG" >&2
  exit 1
fi
