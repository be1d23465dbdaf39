# Every command of the project. A clean clone needs Debian 12's python3, python3-venv, git and make; the rest installs itself.
SHELL := /bin/bash
PORT ?= 8000
BENCH ?= all
export PYTHON ?= python3

.PHONY: help install run test bench lint format bundle messages requirements clean

help: ## This list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | column -t -s "$$(printf '\t')"

install: ## What a server needs, into .venv
	@tools/setup.sh run

run: ## The demo, on http://127.0.0.1:PORT
	@KENG_PORT=$(PORT) tools/run.sh

test: ## Everything that must hold, as CI runs it
	@tools/test.sh

bench: ## What is measured; BENCH=mailbox runs one; prints JSON lines
	@tools/bench.sh $(BENCH)

lint: ## Style, types, imports
	@tools/lint.sh

format: ## Lays the Python out
	@tools/setup.sh test && .venv/bin/ruff format --quiet . && .venv/bin/ruff check --quiet --fix-only .

bundle: ## Builds the browser's scripts, with Node
	@tools/bundle.sh

messages: ## Compiles locale/*/LC_MESSAGES/django.po
	@tools/setup.sh test && .venv/bin/python tools/catalogues.py

requirements: ## Pins what pyproject.toml asks for, with hashes
	@tools/requirements.sh

clean: ## Removes what was installed and built; the demo's data in var/ stays
	rm -rf .venv browser/node_modules .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis
