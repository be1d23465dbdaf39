#!/bin/bash
# tools/bench.sh all|NAME: runs bench/NAME.py, or every one; each prints JSON lines.
source "$(dirname "$0")/common.sh"
tools/setup.sh test
if [ "${1:-all}" = all ]; then
	names=$(cd bench && grep -l '^def main' ./*.py | sed 's|^\./||; s|\.py$||' | sort)
else
	names=$1
	[ -f "bench/$1.py" ] || stop "Không có phép đo $1 trong bench/." "There is no measurement $1 in bench/."
fi
for name in $names; do
	.venv/bin/python -m "bench.$name"
done
