# Shared by the scripts beside it: where we are, and how we say that something is missing. Sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export KENG_DEMO=1 PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1 UV_LINK_MODE=copy

stop() { # one sentence in Vietnamese, one in English
	printf '%s\n%s\n' "$1" "$2" >&2
	exit 1
}

step() {
	printf '\n== %s\n' "$1"
}
