#!/bin/bash
# tools/requirements.sh: compiles requirements/*.txt from pyproject.toml; UPGRADE=--upgrade moves all pins to the newest.
source "$(dirname "$0")/common.sh"
tools/setup.sh test
compile() {
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header ${UPGRADE:-} "$@"
}
compile pyproject.toml -o requirements/run.txt
compile pyproject.toml --extra demo -c requirements/run.txt -o requirements/demo.txt
compile pyproject.toml --extra demo --extra test -c requirements/demo.txt -o requirements/test.txt
echo uv | compile - -o requirements/uv.txt
