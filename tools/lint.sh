#!/bin/bash
# tools/lint.sh: style, types and imports of the Python; types of the browser's TypeScript where Node is there.
source "$(dirname "$0")/common.sh"
tools/setup.sh test
step "ruff"
.venv/bin/ruff check --quiet .
.venv/bin/ruff format --quiet --check . || stop "Có tệp chưa xếp gọn: chạy make format." "Some files are not laid out: run make format."
step "mypy"
.venv/bin/mypy --no-error-summary .
step "imports"
.venv/bin/lint-imports --no-logo --no-timings 2>/dev/null || .venv/bin/lint-imports
step "TypeScript"
if command -v npm >/dev/null; then
	tools/node_modules.sh
	(cd browser && npm run --silent check)
else
	echo "Không có Node: bỏ qua. / No Node: left out; make test installs it."
fi
