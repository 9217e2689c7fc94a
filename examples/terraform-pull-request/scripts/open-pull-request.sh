#!/usr/bin/env bash
# Writes the file that is to be reviewed. The last lines stand in for git push and "az repos pr create".
set -euo pipefail

if [[ ! "$BUCKET" =~ ^[a-z][a-z0-9-]{2,39}$ || ! "$REGION" =~ ^[a-z0-9-]+$ ]]; then
  echo "A bucket's name has 3 to 40 small letters, digits and hyphens."
  exit 1
fi

mkdir -p terraform
cat > "terraform/$BUCKET.tf" <<TERRAFORM
module "$BUCKET" {
  source = "./modules/bucket"
  name   = "$BUCKET"
  region = "$REGION"
}
TERRAFORM

echo "Branch port/$BUCKET has terraform/$BUCKET.tf"
echo "##vso[task.setvariable variable=url;isOutput=true]https://dev.azure.com/my-org/my-project/_git/infrastructure/pullrequest/42"
