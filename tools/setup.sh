#!/bin/bash
# tools/setup.sh run|demo|test: makes .venv with exactly what requirements/<which>.txt pins; does nothing when it is there already.
source "$(dirname "$0")/common.sh"
which=${1:?run, demo or test}
python=${PYTHON:-python3}

wanted() { # test.txt holds all of demo.txt, demo.txt all of run.txt
	printf '%s %s' "$1" "$(cat requirements/uv.txt "requirements/$1.txt" | sha256sum | cut -c1-64)"
}

have=$(cat .venv/installed 2>/dev/null || true)
if [ -x .venv/bin/python ] && { [ "$have" = "$(wanted "$which")" ] || [ "$have" = "$(wanted test)" ] || { [ "$which" = run ] && [ "$have" = "$(wanted demo)" ]; }; }; then
	exit 0
fi

command -v "$python" >/dev/null ||
	stop "Không tìm thấy $python: cài Python 3.11 trở lên (Debian: apt-get install python3 python3-venv)." \
		"$python is not found: install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
	stop "$python là $("$python" -V 2>&1), cũ quá: cần Python 3.11 trở lên, hoặc chỉ ra bằng PYTHON=python3.11." \
		"$python is $("$python" -V 2>&1), too old: Python 3.11 or newer is needed, or name one by PYTHON=python3.11."
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
	stop "Python thiếu phần venv: cài bằng apt-get install python3-venv." \
		"Python lacks venv: install it by apt-get install python3-venv."
[ -w . ] ||
	stop "Không ghi được vào $(pwd): chuyển mã nguồn đến thư mục của bạn, hoặc sửa quyền." \
		"$(pwd) is not writable: move the source to a folder of yours, or mend its permissions."

echo "Cài các thư viện vào .venv… / Installing into .venv…"
no_network() {
	stop "Không cài được thư viện (xem dòng lỗi ở trên): xem lại mạng và chỗ trống trên đĩa, rồi chạy lại." \
		"The libraries could not be installed (see above): look at the network and the free disk space, then run it again."
}
rm -f .venv/installed
[ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null || "$python" -m venv --clear .venv || no_network
.venv/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt || no_network
.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes <(cat "requirements/$which.txt" requirements/uv.txt) || no_network
wanted "$which" >.venv/installed
