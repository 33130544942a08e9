# Everything that is run here. `make` alone lists it. Written for GNU make 3.81 and newer.

PYTHON ?= python3
TEST_WORKERS ?= 2
ARGS ?=

BIN := .venv/bin
NODE := $(BIN)/python -m modules.sandbox.launcher.node
FRONTEND := $(BIN)/python -m modules.sandbox.launcher.frontend_build
LOCK := $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-header
# The environment is made again when this line changes.
MADE_FROM = $(PYTHON) --version 2>&1 | cat - requirements-dev.txt | cksum

.DEFAULT_GOAL := help
.PHONY: help run test lint format docs bench chaos package audit-verify audit lock clean distclean \
	venv packages page

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: venv ## Run everything on http://localhost:8000 (PORT=8080 make run for another port)
	@exec $(BIN)/python -m modules.sandbox.stack

test: venv page ## Run every test (ARGS="tests/unit -k name" for some of the back end's)
	$(BIN)/pytest -n $(TEST_WORKERS) --dist loadgroup -m "not chaos" $(ARGS)
	$(NODE) npm run test

lint: venv packages ## Check formatting, style, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NODE) npm run lint
	$(NODE) npm run format:check
	$(NODE) npm run typecheck
	@if [ -d infrastructure ] && command -v terraform >/dev/null; \
	then terraform fmt -check -recursive infrastructure; fi

format: venv packages ## Format the code and repair what can be repaired
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NODE) npm run format
	@if [ -d infrastructure ] && command -v terraform >/dev/null; \
	then terraform fmt -recursive infrastructure; fi

docs: venv ## Write the pages that are made from code
	$(BIN)/python -m modules.backend.core.instruments > docs/metrics.md

bench: venv ## Measure, and print the figures as ratios
	$(BIN)/python -m benchmarks $(ARGS)

chaos: venv page ## Kill processes and break connections, at full length
	$(BIN)/pytest -m chaos --timeout 0 $(ARGS)

audit-verify: venv ## Verify the audit of DATABASE_URL (ARGS="--head POSITION:DIGEST" for a head)
	@$(BIN)/python -m modules.backend.audit_verify $(ARGS)

package: venv page ## Build the zip for App Service into build/ (ARGS="--webjobs" adds them)
	@$(BIN)/python -m scripts.package $(ARGS)

audit: venv packages ## Look for known faults in the packages of others
	$(BIN)/uvx pip-audit==2.9.0 --strict --require-hashes --disable-pip -r requirements.txt
	$(NODE) npm audit --omit=dev --audit-level=high

lock: venv ## Compile requirements*.txt anew from requirements*.in
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -c requirements.txt -o requirements-dev.txt

clean: ## Remove data, logs and caches; the environments stay
	rm -rf .state .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache test-results

distclean: clean ## Remove everything that was installed or built, too
	rm -rf .venv build modules/frontend/node_modules modules/frontend/dist

venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@if [ "`$(MADE_FROM)`" != "`cat .venv/.made-from 2>/dev/null`" ]; then \
	  $(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	    echo "Python lacks ensurepip. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	  echo "Installing the Python packages into .venv ..."; \
	  $(PYTHON) -m venv --clear .venv && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check \
	    --require-hashes --no-deps -r requirements-dev.txt && \
	  $(MADE_FROM) > .venv/.made-from; \
	fi

packages: venv
	@$(FRONTEND) packages

page: venv
	@$(FRONTEND) page
