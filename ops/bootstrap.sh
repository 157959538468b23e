#!/bin/sh
# Makes .venv hold exactly what a lock file names; does nothing when it already does.
# Usage: ops/bootstrap.sh requirements.lock|requirements-dev.lock
# Nothing is installed outside .venv, and root is not needed.
set -eu
cd "$(dirname "$0")/.."
lock=$1
installed=.venv/installed

say() { printf '%s\n' "$*"; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }

new_enough() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2])' 2>/dev/null; }

find_python() {
    # An interpreter that is on the PATH may still not run (pyenv's shims): ask each one.
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
        if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# The development lock holds everything of the other one, at the same versions.
if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null; then
    cmp -s "$lock" "$installed/$lock" && exit 0
else
    rm -rf .venv
fi

if [ ! -d .venv ]; then
    python=$(find_python) || fail "需要 Python 3.11 或更新版本，这台机器上没有找到（有的话请用 PYTHON=路径 make …）。
Python 3.11 or newer is needed and was not found; install it, or name it: PYTHON=/path/to/python3.12 make …"
    say "正在创建 .venv / creating .venv with $("$python" -V 2>&1)"
    if ! "$python" -m venv .venv >.venv-problem 2>&1; then
        rm -rf .venv
        cat .venv-problem >&2; rm -f .venv-problem
        fail "创建虚拟环境失败；Debian/Ubuntu 请先安装 python3-venv。
Creating the virtual environment failed; on Debian or Ubuntu install python3-venv first."
    fi
    rm -f .venv-problem
fi

say "正在安装依赖（首次约一分钟）/ installing $lock (about a minute the first time)"
rm -rf "$installed"
uv=$(command -v uv || echo .venv/bin/uv)
# uv does not read pip's configuration: where a machine has a package index of its own, pip finds it.
if ! { [ -x "$uv" ] && "$uv" pip install -q --python .venv/bin/python --require-hashes -r "$lock"; }; then
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock" ||
        fail "依赖没有装好：请看上面的提示，检查网络后再试一次。
The dependencies could not be installed: see above, check the network and try again."
fi
mkdir -p "$installed"
cp requirements*.lock "$installed/"
[ "$lock" = requirements-dev.lock ] || rm -f "$installed/requirements-dev.lock"
