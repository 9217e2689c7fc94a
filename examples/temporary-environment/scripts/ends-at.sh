#!/usr/bin/env bash
# Sets the output variable ttl to the time HOURS from now, as Port's timer properties want it.
set -euo pipefail
ttl=$(date -u -d "+${HOURS} hours" +%Y-%m-%dT%H:%M:%S.000Z)
echo "The environment lives until $ttl"
echo "##vso[task.setvariable variable=ttl;isOutput=true]$ttl"
