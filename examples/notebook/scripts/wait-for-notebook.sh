#!/usr/bin/env bash
# Stands in for "curl --retry 30 --retry-connrefused".
set -euo pipefail
echo "$URL answers"
