#!/bin/bash
# tools/test.sh: everything that must hold, cheap things first; stops at the first that does not and says which.
source "$(dirname "$0")/common.sh"
tools/debian.sh
tools/setup.sh test
tools/node_modules.sh

must() { # name, command
	step "$1"
	"${@:2}" || stop "Hỏng ở bước: $1" "Failed at: $1"
}
python=.venv/bin/python
must "lint" tools/lint.sh
must "migrations match the models" $python manage.py makemigrations --check --dry-run --settings tests.settings
must "bundles are what the source builds" tools/bundle.sh --check
must "tests on SQLite, with a browser" $python -m pytest "$@"
must "tests on PostgreSQL" tools/with_postgresql.sh $python -m pytest -m "not e2e" "$@"
