#!/bin/sh
# Make .venv with exactly the locked packages. $1: the Python to use (3.11 to 3.13).
set -eu
python=$1
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || {
    echo "Python 3.11, 3.12 or 3.13 is needed; $python is $("$python" --version 2>&1). Name another: make PYTHON=python3.12 …" >&2
    exit 1
}
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    else
        echo "This Python has no venv; install it once as root: apt-get install python3-venv" >&2
        exit 1
    fi
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "setting up .venv (about a minute the first time) …"
.venv/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock 2>&1 | grep -v '^WARNING: ' || true
.venv/bin/python -m pip check --quiet
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e . 2>&1 | grep -v '^WARNING: ' || true
.venv/bin/mingcha --help >/dev/null
