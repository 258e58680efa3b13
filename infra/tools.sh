#!/usr/bin/env bash
# Installs what checks the API, and what checks and deploys the templates, in pinned versions, into .venv (not kept in git).
# Nothing is installed outside the repository. Does nothing when all of it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

install() { # name, size, seconds
    local name=$1 requirements=infra/requirements-$1.txt folder=.venv/$1
    local wanted
    wanted=$(sha256sum "$requirements" | cut -d' ' -f1)
    if [ "$(cat "$folder/installed" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    echo "installing $requirements into $folder (about $2, $3 s)"
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements"
    echo "$wanted" >"$folder/installed"
}

install aws "350 MB" 60
install emulator "130 MB" 20
install api "140 MB" 30
