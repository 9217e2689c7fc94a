#!/usr/bin/env bash
# Stands in for what creates your environments.
set -euo pipefail
echo "Creating the environment"
bash "$(dirname "$0")/ends-at.sh"
