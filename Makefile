# Everything that people and CI do here. `make` alone lists it.

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
HOST ?= 127.0.0.1
PYTEST_ARGS ?= -n auto --dist worksteal -q

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SERVING := $(VENV)/.serving
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
EDITABLE := PYTHONWARNINGS=ignore $(PIP) --no-deps --no-build-isolation
DEVELOPMENT := DEBUG=on BRAINSTEM_DATA_DIR=$(CURDIR)/var
PIP_COMPILE := $(abspath $(BIN))/pip-compile --quiet --generate-hashes --no-header --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.PHONY: help install serve loop test fuzz check contract format bench abuse faults audit postgres requirements vendor clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

install: $(STAMP)  ## .venv with the server, the client and all development tools

$(STAMP): $(SERVING) requirements/dev.txt client/pyproject.toml
	@echo "Installing what development needs into $(VENV): some minutes the first time."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(EDITABLE) -e client
	@touch $@

$(SERVING): requirements/build.txt requirements/server.txt server/pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; say where: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Installing the server into $(VENV): about a minute the first time."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "  1 of 2: the packages that it needs"
	@$(PIP) --require-hashes -r requirements/build.txt -r requirements/server.txt
	@echo "  2 of 2: the server itself"
	@$(EDITABLE) -e server
	@touch $@

serve: $(SERVING)  ## a server with a demo lab on http://localhost:8000 (PORT=...)
	@$(DEVELOPMENT) $(BIN)/brainstem-server demo --serve --host $(HOST) --port $(PORT)

loop: install  ## quick tests on SQLite, none in a browser (CHANGED=on: of folders with changes; SHARE=3: a third; FILES=...)
	$(BIN)/python server/tests/loop.py $(if $(filter on,$(CHANGED)),--changed) $(if $(SHARE),--share=$(SHARE)) $(PYTEST_ARGS) $(FILES)

test: install  ## all tests, on SQLite, then PostgreSQL what may differ there (EVERYTHING=on: all; PYTEST_ARGS=...)
	$(BIN)/python server/tests/both.py $(if $(filter on,$(EVERYTHING)),--everything) $(PYTEST_ARGS)

fuzz: install  ## made-up requests and inputs, the long form, on both databases (hours; FUZZ_SEED=2: others)
	BRAINSTEM_TEST_FUZZ=on $(BIN)/pytest server/tests/fuzz $(PYTEST_ARGS)
	BRAINSTEM_TEST_FUZZ=on $(BIN)/python server/tests/postgres.py run -- $(BIN)/pytest server/tests/fuzz $(PYTEST_ARGS)

check: install  ## style, types, patterns, imports, migrations, contract files and code generated from them
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python server/tests/lint_patterns.py
	$(DEVELOPMENT) $(BIN)/python server/tests/lint_migrations.py
	$(BIN)/mypy --python-version 3.10 -p brainstem_api_tools -p brainstem_api_client
	PYTHONPATH=server:client $(BIN)/lint-imports --no-cache
	$(DEVELOPMENT) $(BIN)/brainstem-server makemigrations --check --dry-run
	$(DEVELOPMENT) $(BIN)/brainstem-server contract --check
	$(BIN)/python client/tools/generate.py --check

contract: install  ## regenerate the contract files and the client's copy
	$(DEVELOPMENT) $(BIN)/brainstem-server contract
	$(BIN)/python client/tools/generate.py

format: install  ## format the code and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## compare the read path with similar systems (minutes)
	$(BIN)/python benchmarks/read_path.py

abuse: install  ## attack a served lab and measure the effect on other users (half an hour)
	$(BIN)/python benchmarks/abuse.py

faults: install  ## break databases, processes and disks under a served lab, and look for losses (half an hour)
	cd server && PYTHONPATH=. ../$(BIN)/python -m tests.faults

# Not part of check: it asks a service on the internet, and the answer changes from day to day.
audit: install  ## known vulnerabilities in the server's dependencies (needs pip-audit and internet access)
	@PATH="$(abspath $(BIN)):$$PATH"; command -v pip-audit >/dev/null || { echo "pip-audit is not installed: pipx install pip-audit. It asks pypi.org and osv.dev for known" \
		"vulnerabilities, so it needs a machine that reaches them."; exit 1; }
	PATH="$(abspath $(BIN)):$$PATH" pip-audit --requirement requirements/server.txt --requirement requirements/s3.txt --require-hashes --disable-pip

postgres: install  ## start a PostgreSQL server for manual use; prints DATABASE_URL
	@$(BIN)/python server/tests/postgres.py start

requirements: install  ## pin requirements/*.in again
	cd requirements && $(PIP_COMPILE) --output-file build.txt build.in
	cd requirements && $(PIP_COMPILE) --output-file server.txt server.in
	cd requirements && $(PIP_COMPILE) --output-file s3.txt s3.in
	cd requirements && $(PIP_COMPILE) --output-file dev.txt dev.in

vendor: install  ## copy font, icons and editors into the server again (maintainers; needs npm)
	cd tools/vendor && npm ci --ignore-scripts --no-audit --no-fund
	@$(PIP) --require-hashes --no-deps --target tools/vendor/node_modules/.python -r tools/vendor/requirements.txt
	PYTHONPATH=tools/vendor/node_modules/.python $(BIN)/python tools/vendor/vendor.py

clean:  ## remove what was generated (not var/, which holds data)
	-@test ! -x $(BIN)/python || $(BIN)/python server/tests/postgres.py stop
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis */*.egg-info */build
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
