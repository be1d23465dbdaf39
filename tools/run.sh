#!/bin/bash
# tools/run.sh: the demo, from a clean clone to its pages. Ctrl-C stops all of it; the data stay in var/ for the next time.
source "$(dirname "$0")/common.sh"
tools/setup.sh run
umask 077 # what the demo writes, passwords and keys too, is for nobody else on this machine
tools/prepare.sh
.venv/bin/python manage.py serve --check
.venv/bin/python manage.py demo

.venv/bin/python manage.py serve &
serve=$!
.venv/bin/python manage.py work &
work=$!
ended() {
	trap - INT TERM EXIT
	kill -TERM "$serve" "$work" 2>/dev/null || true
	wait "$serve" "$work" 2>/dev/null || true
}
trap 'ended; exit 0' INT TERM
trap ended EXIT
# Whichever ends first ends both: half a system would look alive.
wait -n "$serve" "$work"
