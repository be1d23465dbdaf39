#!/bin/bash
# tools/bundle.sh [--check]: builds the browser's scripts from browser/; with --check, that the committed ones are the same bytes.
source "$(dirname "$0")/common.sh"
tools/node_modules.sh
bundles() { find keng/mailbox/static keng/desk/static -name '*.js' -print0 | sort -z | xargs -0 sha256sum; }
before=$(bundles)
(cd browser && npm run --silent build)
[ "${1:-}" != --check ] || [ "$before" = "$(bundles)" ] || {
	diff <(echo "$before") <(bundles) >&2 || true
	stop "Gói mã trong kho không giống gói dựng lại: chạy make bundle rồi commit." \
		"The committed bundles are not what the source builds: run make bundle and commit."
}
