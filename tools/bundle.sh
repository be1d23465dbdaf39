#!/bin/bash
# tools/bundle.sh [--check]: builds the browser's scripts from browser/; with --check, only proves that the committed ones are the same bytes.
source "$(dirname "$0")/common.sh"
tools/node_modules.sh
if [ "${1:-}" != --check ]; then
	cd browser && exec npm run --silent build
fi
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
npm --prefix browser run --silent build -- "$built"
scripts() { (cd "$1" && find keng/*/static keng/mailbox/languages -type f '(' -name '*.js' -o -name bundle.json ')' -print0 | LC_ALL=C sort -z | xargs -0r sha256sum); }
diff <(scripts .) <(scripts "$built") >&2 ||
	stop "Gói mã trong kho (<) không giống gói dựng lại từ browser/ (>): chạy make bundle rồi commit." \
		"The committed bundles (<) are not what browser/ builds (>): run make bundle and commit."
