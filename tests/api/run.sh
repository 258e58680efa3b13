#!/usr/bin/env bash
# Holds the API document against an independent validator, and a running server against its document.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --quiet
exec .venv/api/bin/python tests/api/run.py "$@"
