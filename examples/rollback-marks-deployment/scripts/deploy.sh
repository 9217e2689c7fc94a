#!/usr/bin/env bash
# Stands in for your deployment.
set -euo pipefail
echo "Deploying image $IMAGE_TAG"
