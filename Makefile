# Customer Plus: one page of commands. All that it needs is Python 3.11 or newer, make and PyPI.

# The interpreter to build the environment with. Each that is named has an environment of its own.
PYTHON ?= python3
VENV ?= $(if $(filter file,$(origin PYTHON)),.venv,.venv-$(notdir $(PYTHON)))
RUN := $(VENV)/bin
READY := $(VENV)/.ready

# 1 for the slow tests too, and for all cases of the long tables.
WHOLE ?=
export WHOLE

# How many tests run at once; what else pytest is told: make test WORKERS=2 ARGS="-k figures".
WORKERS ?= auto
ARGS ?=

# The checkout of a real Saleor, with its own environment in .venv.
SALEOR ?=

.DEFAULT_GOAL := help
.PHONY: help demo test test-saleor lint lint-style lint-types lint-layers lint-schema lint-migrations coverage docs \
  docs-links messages screenshots release-check bench bench-bulk lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(READY): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Customer Plus needs Python 3.11 or newer; this is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make $(or $(MAKECMDGOALS),test) PYTHON=python3.12" >&2; exit 1; }
	@echo "Building the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: $(READY) ## Play a shop's story and serve the result (SERVE=0: don't; SALEOR=<checkout>: on a real Saleor)
	@$(RUN)/python -m $(if $(SALEOR),sandbox.demo.on_saleor "$(SALEOR)",sandbox.demo)

test: $(READY) ## Run the tests on the stand-in, in parallel (WHOLE=1: the slow ones too; WORKERS=2, ARGS="-k figures")
	@$(RUN)/python -m pytest -n $(WORKERS) $(ARGS)

test-saleor: ## Run the tests on a real Saleor: SALEOR=<checkout with its own .venv>, DATABASE_URL
	@scripts/test-saleor "$(SALEOR)" $(ARGS)

lint: lint-style lint-types lint-layers lint-schema lint-migrations ## Check style, types, layers of imports, the API's snapshot, and that no migration is missing

lint-style: $(READY)
	@$(RUN)/ruff format --check .
	@$(RUN)/ruff check .

lint-types: $(READY)
	@$(RUN)/mypy
	@$(RUN)/mypy --package saleor --package sandbox.demo --package sandbox.settings

lint-layers: $(READY)
	@$(RUN)/lint-imports

lint-schema: $(READY)
	@env -u UPDATE_SCHEMA $(RUN)/python -m pytest -q -n 0 tests/api/test_schema.py

lint-migrations: $(READY)
	@$(RUN)/python -m sandbox.manage makemigrations --check --dry-run

coverage: $(READY) ## Run the tests and show which lines and branches they miss; HTML in build/coverage
	@$(RUN)/python -m pytest -n $(WORKERS) --cov --cov-report=term --cov-report=html:build/coverage $(ARGS)

docs: $(READY) ## Build the documentation site into build/docs; warnings and broken internal links are errors
	@$(RUN)/python -m sphinx --fail-on-warning --keep-going --quiet --conf-dir docs . build/docs
	@echo "The site is in build/docs/index.html."

docs-links: $(READY) ## Check the documentation's external links (needs the network)
	@$(RUN)/python -m sphinx --builder linkcheck --quiet --conf-dir docs . build/links

release-check: $(READY) ## Build sdist and wheel, check what is in them, install the wheel elsewhere and run the demo from it
	@$(RUN)/python scripts/release_check.py $(ARGS)

bench: $(if $(SALEOR),,$(READY)) ## Measure, on the embedded PostgreSQL (SALEOR=<checkout>, DATABASE_URL: on a real Saleor)
	@$(if $(SALEOR),bench/on-saleor "$(SALEOR)",$(RUN)/python -m bench) $(ARGS)

bench-bulk: $(READY) ## Measure imports and exports of a million customers (ARGS="--rows 100000 --records 100000")
	@$(RUN)/python -m bench import export $(ARGS)

messages: $(READY) ## Collect what the screens say into the translations, and compile these
	@$(RUN)/python scripts/messages.py

screenshots: $(READY) ## Take the pictures of the screens for the documentation (needs a Chromium)
	@$(RUN)/python scripts/screenshots.py

lock: ## Choose new versions of what the tests and checks need (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --output-file requirements-dev.txt

clean: ## Remove environments, caches and the sandbox's databases
	rm -rf .venv .venv-* build dist .cache .coverage .coverage.* .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
