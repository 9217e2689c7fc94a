#!/usr/bin/env bash
# Sets the output variable ttl to the time HOURS from now, as Port's timer properties want it.
set -euo pipefail

# What a user typed is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$HOURS" =~ ^[0-9]{1,4}$ ]]; then
  echo "##vso[task.logissue type=error]The field hours is refused."
  exit 1
fi

ttl=$(date -u -d "+${HOURS} hours" +%Y-%m-%dT%H:%M:%S.000Z)
echo "The environment lives until $ttl"
echo "##vso[task.setvariable variable=ttl;isOutput=true]$ttl"
