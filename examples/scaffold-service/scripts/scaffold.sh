#!/usr/bin/env bash
# Stands in for "cookiecutter" and "az repos create": renders a template and tells where the repository is.
set -euo pipefail

# The form in Port has the same rule; a script does not rely on it.
if [[ ! "$NAME" =~ ^[a-z][a-z0-9-]{2,39}$ || ! "$TEMPLATE" =~ ^[a-z]+$ ]]; then
  echo "A service's name has 3 to 40 small letters, digits and hyphens."
  exit 1
fi

template="templates/$TEMPLATE"
if [[ ! -d "$template" ]]; then
  echo "There is no template $TEMPLATE."
  exit 1
fi

mkdir -p "out/$NAME"
for file in "$template"/*; do
  sed "s/{{name}}/$NAME/g" "$file" > "out/$NAME/$(basename "$file")"
  echo "Wrote $NAME/$(basename "$file")"
done
echo "##vso[task.setvariable variable=url;isOutput=true]https://dev.azure.com/my-org/my-project/_git/$NAME"
