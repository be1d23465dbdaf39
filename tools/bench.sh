#!/bin/bash
# tools/bench.sh all|NAME: runs what bench/ measures of NAME (NAME.py, NAME_*.py), or of everything; prints JSON lines.
source "$(dirname "$0")/common.sh"
tools/debian.sh
tools/setup.sh test
name=${1:-all}
measures=$(cd bench && grep -l '^def main' ./*.py | sed 's|^\./||; s|\.py$||' | sort)
[ "$name" = all ] || measures=$(grep -xE "${name//[^a-z_]/}(_.*)?" <<<"$measures") ||
	stop "Không có phép đo $name trong bench/." "There is no measurement $name in bench/."
# What takes minutes to fill is filled once for all that measure in it.
BENCH_WORLD=$(mktemp -d)
export BENCH_WORLD
trap 'rm -rf "$BENCH_WORLD"' EXIT
for measure in $measures; do
	.venv/bin/python -m "bench.$measure"
done
