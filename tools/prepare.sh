#!/bin/bash
# tools/prepare.sh: brings the data folder KENG_VAR to this version of the code: database, units, calendar, static files.
source "$(dirname "$0")/common.sh"
umask 077 # the database is for nobody else on this machine
export KENG_VAR=${KENG_VAR:-$(pwd)/var}
mkdir -p "$KENG_VAR" 2>/dev/null && [ -w "$KENG_VAR" ] ||
	stop "Không ghi được vào $KENG_VAR: sửa quyền, hoặc đặt KENG_VAR sang thư mục khác." \
		"$KENG_VAR is not writable: mend its permissions, or set KENG_VAR to another folder."
manage() { .venv/bin/python manage.py "$@"; }
manage migrate --verbosity 0
# Each lists what it changed; the sum is enough here.
manage load_units | tail -1
manage load_calendar | tail -1
manage collectstatic --noinput --verbosity 0
# The key that signs the public log; nothing where it is there already.
manage ledger_key >/dev/null
# The key of residents' files; the same.
manage at_rest_key >/dev/null 2>&1
