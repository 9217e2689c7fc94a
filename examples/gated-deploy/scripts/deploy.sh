#!/usr/bin/env bash
# Stands in for your deployment.
set -euo pipefail

echo "Deploying $BUILD_REPOSITORY_NAME to production"
echo "Deployed"
