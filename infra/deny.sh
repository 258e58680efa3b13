#!/usr/bin/env bash
# Holds licences, bans and sources of every dependency, with deny.toml. Installs cargo-deny into the target
# directory when there is none. Advisories need a database from beyond the package registries: they are
# checked with `infra/deny.sh advisories` where that can be reached, and not by ./check.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.20.2
tools="${CARGO_TARGET_DIR:-$PWD/target}/tools"
deny="$tools/bin/cargo-deny"
if [ ! -x "$deny" ]; then
    echo "installing cargo-deny $version into $tools (about 5 minutes)"
    cargo install --quiet --locked --root "$tools" --target-dir "$tools/build" cargo-deny@"$version"
    rm -rf "$tools/build"
fi
what=("${@:-licenses}")
if [ $# = 0 ]; then what=(licenses bans sources); fi
"$deny" --log-level warn check --hide-inclusion-graph "${what[@]}"
"$deny" --log-level warn --manifest-path tests/aws/Cargo.toml --config deny.toml check --hide-inclusion-graph "${what[@]}"
