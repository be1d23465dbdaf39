#!/bin/bash
# tools/run.sh: the demo, from a clean clone to its pages. Ctrl-C stops all of it; the data stay in var/ for the next time.
source "$(dirname "$0")/common.sh"
tools/setup.sh demo
umask 077 # what the demo writes, passwords and keys too, is for nobody else on this machine
export KENG_VAR=${KENG_VAR:-$(pwd)/var}
tools/prepare.sh
# The demo's public log has a witness, too. In life it runs elsewhere: docs/operating/witness.md.
watched=$KENG_VAR/witness
KENG_WITNESSES=$(.venv/bin/python tools/witness.py init --memory "$watched" --name nhan-chung.localhost)
export KENG_WITNESSES
.venv/bin/python manage.py serve --check
.venv/bin/python manage.py demo
log_keys=()
for key in $(.venv/bin/python manage.py ledger_key); do log_keys+=(--log-key "$key"); done

# Before the first of them begins: a Ctrl-C that comes meanwhile must leave none behind.
ended() {
	trap - INT TERM EXIT
	kill -TERM $(jobs -p) 2>/dev/null || true
	wait 2>/dev/null || true
}
trap 'ended; exit 0' INT TERM
trap ended EXIT
.venv/bin/python manage.py serve &
serve=$!
.venv/bin/python manage.py work &
work=$!
# Only what it shouts about is shown: before the server listens, it has nobody to talk to.
.venv/bin/python tools/witness.py run --log "http://127.0.0.1:${KENG_PORT:-8000}/ledger" "${log_keys[@]}" \
	--memory "$watched" --every 10 >/dev/null &
# Stands in for the state's e-identity; residents of the demo sign in there. In life: docs/operating/e-identity.md.
.venv/bin/python tools/e_identity.py "$((${KENG_PORT:-8000} + 1))" config/demo/residents.toml >/dev/null &
# Whichever of the two ends first ends both: half a system would look alive.
wait -n "$serve" "$work"
