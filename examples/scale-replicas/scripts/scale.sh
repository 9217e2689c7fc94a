#!/usr/bin/env bash
# Stands in for kubectl scale.
set -euo pipefail
echo "deployment.apps/$SERVICE scaled to $REPLICAS"
