#!/usr/bin/env bash
# Stands in for "helm upgrade --install" of a Jupyter server.
set -euo pipefail

# What a user typed is checked before it is printed: the agent obeys ##vso[ in any output.
if [[ ! "$NAME" =~ ^[a-z][a-z0-9-]{2,39}$ ]]; then
  echo "##vso[task.logissue type=error]A notebook's name has 3 to 40 small letters, digits and hyphens."
  exit 1
fi
if [[ ! "$IMAGE" =~ ^[a-z]{3,20}-notebook$ || ! "$HOURS" =~ ^[0-9]{1,3}$ ]]; then
  echo "##vso[task.logissue type=error]The field image or hours is refused."
  exit 1
fi

ttl=$(date -u -d "+${HOURS} hours" +%Y-%m-%dT%H:%M:%S.000Z)
echo "Starting quay.io/jupyter/$IMAGE as $NAME until $ttl"
echo "##vso[task.setvariable variable=url;isOutput=true]https://$NAME.notebooks.example.com/lab"
echo "##vso[task.setvariable variable=ttl;isOutput=true]$ttl"
