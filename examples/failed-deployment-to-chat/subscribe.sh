#!/bin/sh
# Tells a chat of every failed run of one pipeline. The address of a chat's web hook is a secret: it stays in CHAT_WEBHOOK.
#   ORGANIZATION=https://dev.azure.com/NAME PROJECT=NAME PIPELINE=NAME CHAT_WEBHOOK=https://… CHAT=slack ./subscribe.sh
set -eu
: "${PORT_AZURE_PIPELINES:=npx --no-install port-azure-pipelines}"

case "${CHAT:-slack}" in
  # Slack: an incoming web hook of a channel. Azure DevOps writes the message.
  slack) consumer=slack/postMessageToChannel ;;
  # Teams: the address of a workflow that posts what it receives; it finds the text in message.markdown.
  teams) consumer=webHooks/httpRequest ;;
  *) echo "CHAT is slack or teams" >&2 && exit 2 ;;
esac

$PORT_AZURE_PIPELINES hooks create --organization "$ORGANIZATION" --project "$PROJECT" \
  --event build.complete --filter "definitionName=$PIPELINE" --filter buildStatus=Failed \
  --consumer "$consumer" --input-env url=CHAT_WEBHOOK "$@"
