# Everything goes through here: a bare Debian with git, make and python3 (3.11 or newer) is enough.
# Offline, with the wheels in a folder:  PIP_NO_INDEX=1 PIP_FIND_LINKS=/media/wheels make setup

PYTHON  ?= python3
DB      ?= sqlite
# One for each core; each has a site, a database and a browser of its own.
WORKERS ?= auto
BIN     := .venv/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
# Wheels only: nothing is ever compiled on the office's machine.
INSTALL := $(PIP) install --require-hashes --only-binary :all: -r

# Where it is set, every start would compile all of ipweek anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test bench lint format screenshots lock browser

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: .venv/.runtime ## make .venv with the command ipweek, and nothing else

run: setup ## serve a demo site on http://127.0.0.1:8000 (kept in instance/)
	@exec $(BIN)/ipweek demo

test: .venv/.dev browser ## run every test; DB=postgres runs them on PostgreSQL, ARGS=… goes to pytest, WORKERS=0 runs one by one
	@$(BIN)/python -m pytest --db=$(DB) --numprocesses=$(WORKERS) --maxprocesses=4 --dist=worksteal $(ARGS)

bench: .venv-bench/.ready ## print the table of numbers, measured now with peers beside it (five minutes); ONLY=… takes some of it
	@.venv-bench/bin/python -m tests.bench $(ONLY)

lint: .venv/.dev ## ruff, mypy and djlint
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/djlint --quiet --lint templates

format: .venv/.dev ## let ruff write the code its way
	@$(BIN)/ruff check --fix --quiet; $(BIN)/ruff format

screenshots: .venv/.dev browser ## photograph the main pages into ipweek/docs/screenshots
	@$(BIN)/python -m tests.screenshots

lock: .venv-lock/bin/uv ## write the lock files anew; UPGRADE=--upgrade takes newer versions
	@for lock in "requirements-dev.lock --group dev --extra postgres" \
	             "requirements-bench.lock --group bench -c requirements-dev.lock" \
	             "requirements-postgres.lock --group build --extra postgres -c requirements-dev.lock" \
	             "requirements.lock --group build -c requirements-dev.lock"; do \
	    $< pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	        $(UPGRADE) pyproject.toml -o $$lock || exit; \
	done

# The environment. Each stamp is newer than the lock it was made from, so a second run does nothing.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'ipweek needs Python 3.11 or newer: make PYTHON=python3.12 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || sh .ci/apt python3-venv
	@$(PYTHON) -m venv --clear .venv

.venv/.runtime: requirements.lock pyproject.toml .venv/bin/python
	@echo 'Installing from requirements.lock …'
	@$(INSTALL) requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@echo 'Installing from requirements-dev.lock …'
	@$(INSTALL) requirements-dev.lock
	@touch $@

.venv-bench/.ready: requirements-bench.lock pyproject.toml | .venv/bin/python
	@echo 'Installing from requirements-bench.lock …'
	@.venv/bin/python -m venv .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check --no-input -qq install --require-hashes --only-binary :all: -r requirements-bench.lock
	@.venv-bench/bin/python -m pip --disable-pip-version-check --no-input -qq install --no-deps --no-build-isolation --editable .
	@touch $@

.venv-lock/bin/uv:
	@$(PYTHON) -m venv .venv-lock && .venv-lock/bin/python -m pip --quiet install uv

# The tests say themselves what happens without a browser: skipped loudly, or a failure with CI=true.
browser: .venv/.dev
	@$(BIN)/python -m tests.chromium >/dev/null || sh .ci/apt chromium fonts-noto-cjk libatomic1 || true
