# Every command of the house. `make` alone lists them.
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run test lint shape bench pictures lock

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run:  ## set up what is missing, then run everything on this machine with the sandbox's phones
	@ops/bootstrap.sh requirements.lock
	@exec $(PY) cli.py up --sandbox --with-parent

test:  ## set up what is missing, then run the tests (NUANJU_FULL=1: leaving anything out is a failure)
	@ops/bootstrap.sh requirements-dev.lock
	@$(PY) -m pytest -n $(or $(TEST_PROCESSES),3) --dist loadfile --no-loadscope-reorder $(ARGS)

lint:  ## ruff: rules and format
	@ops/bootstrap.sh requirements-dev.lock
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

shape:  ## measure the code beside the targets of our style
	@ops/bootstrap.sh requirements-dev.lock
	@$(PY) cli.py shape

bench:  ## measure a dialog turn against a bare echo, the outbox and a campaign against a bare loop
	@ops/bootstrap.sh requirements-dev.lock
	@$(PY) -m bench $(ARGS)

pictures:  ## take the README's pictures (docs/pictures) from a fresh house, with Chromium
	@ops/bootstrap.sh requirements-dev.lock
	@$(PY) -m ops.pictures

LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet
lock:  ## resolve pyproject.toml anew into both lock files (needs uv)
	@uv=$$(command -v uv || echo .venv/bin/uv); \
	$$uv pip compile pyproject.toml $(LOCK) $(ARGS) -o requirements.lock && \
	$$uv pip compile pyproject.toml --extra dev $(LOCK) -c requirements.lock $(ARGS) -o requirements-dev.lock
