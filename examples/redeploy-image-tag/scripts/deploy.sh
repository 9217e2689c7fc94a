#!/usr/bin/env bash
# Stands in for "kubectl set image"; a tag that nobody has pushed fails.
set -euo pipefail

# What a user typed is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$SERVICE" =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$ ]]; then
  echo "##vso[task.logissue type=error]The field entity is refused."
  exit 1
fi
if [[ ! "$IMAGE_TAG" =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]]; then
  echo "##vso[task.logissue type=error]This is no image tag."
  exit 1
fi
if ! grep -qxF -- "$IMAGE_TAG" pushed-tags.txt; then
  echo "##vso[task.logissue type=error]No image has the tag $IMAGE_TAG."
  exit 1
fi
echo "$SERVICE runs $IMAGE_TAG"
