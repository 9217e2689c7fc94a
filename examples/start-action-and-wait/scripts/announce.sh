#!/usr/bin/env bash
# Stands in for what comes after the promotion.
set -euo pipefail
echo "$SERVICE is promoted: $RUN_URL"
