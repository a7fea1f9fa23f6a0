# shiftexp: every command a reader or a reviewer needs. `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
QUIET := --quiet --quiet --disable-pip-version-check
PIP := $(BIN)/python -m pip $(QUIET)
BENCH ?= .venv-bench
LOWEST ?= .venv-lowest
NEWEST ?= .venv-newest
WHEEL_LIMIT := 2000000
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test check format slow site tables calibration recovery characteristics check-all bench dist lowest newest constraints clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml constraints.txt
	@echo "Installing into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install -c constraints.txt -e '.[test,dev,docs]'
	@touch $@

demo: $(STAMP) ## Weigh the bundled cases; results/demo holds the report
	$(BIN)/shiftexp demo --out results/demo

# Commands that tests start load what is compiled; where nothing may be written each compiles it all.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(STAMP) ## Run the fast tests: units, doctests, references, properties, documents
	@$(BIN)/python -m compileall -q -j 0 src
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal

check: $(STAMP) ## Lint, format, types and architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --quiet tests/test_architecture.py

format: $(STAMP) ## Format the code in place
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

slow: $(STAMP) ## Run the slow tests: recovery, size and coverage by simulation, further variants of fast tests
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal -m slow

site: $(STAMP) ## Build the site into build/site, offline and strict, and look at every page in a browser
	NO_MKDOCS_2_WARNING=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m mkdocs build --quiet
	$(BIN)/python -m pytest --quiet -m site tests/test_site.py

tables: $(STAMP) ## Simulate anew the tables of the default test that are shipped (4 minutes)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tools/make_null_tables.py

calibration: $(STAMP) ## Measure size, power and coverage anew into docs/calibration.md (an hour)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.recovery.make_tables

recovery: $(STAMP) ## Measure anew which flows the vessels find, into docs/recovery.md (25 minutes)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.recovery.make_recovery

characteristics: $(STAMP) ## Measure anew what verdicts keep and declare, into docs/operating-characteristics.md (40 minutes)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.recovery.make_characteristics

check-all: test check slow site demo dist lowest newest bench ## All checks, both lanes of versions, and the benchmarks

# The peers have pins and imports of their own, so they live apart from what the tests run in.
$(BENCH)/.installed: pyproject.toml benchmarks/constraints.txt
	@echo "Installing the peers into $(BENCH) ..."
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip $(QUIET) install -c benchmarks/constraints.txt -e '.[bench]'
	@touch $@

bench: $(BENCH)/.installed ## Time every task beside the fastest peers into benchmarks/RESULTS.md (15 minutes)
	$(BENCH)/bin/python -m benchmarks

# Users get the wheel, so it is small, needs no compiler, and runs where nothing of this folder is at hand.
dist: $(STAMP) ## Build wheel and source into dist/, hold the size, install the wheel alone and run it
	@rm -rf dist build/wheel
	@$(BIN)/python -m build --quiet --outdir dist .
	@size=$$(stat -c %s dist/*.whl); echo "The wheel has $$size bytes"; test $$size -lt $(WHEEL_LIMIT)
	@$(PYTHON) -m venv build/wheel
	@build/wheel/bin/python -m pip $(QUIET) install --only-binary :all: dist/*.whl
	@cd build/wheel && bin/shiftexp --version && bin/shiftexp datasets > /dev/null

# The versions that pyproject.toml promises to work with: the lowest, and whatever is newest today.
# Old packages use what newer ones of others deprecate: such warnings are theirs and no errors here.
lowest: ## Run the fast tests with the lowest declared version of all that users install
	@$(PYTHON) -m venv $(LOWEST)
	@$(LOWEST)/bin/python -m pip $(QUIET) install packaging
	@$(LOWEST)/bin/python tools/lowest.py > $(LOWEST)/lowest.txt
	@$(LOWEST)/bin/python -m pip $(QUIET) install -c $(LOWEST)/lowest.txt -e '.[test,docs]'
	OPENBLAS_NUM_THREADS=1 $(LOWEST)/bin/python -m pytest --quiet --numprocesses auto --dist worksteal -W ignore::DeprecationWarning

newest: ## Run the fast tests with the newest version of everything
	@$(PYTHON) -m venv $(NEWEST)
	@$(NEWEST)/bin/python -m pip $(QUIET) install --upgrade -e '.[test,docs]'
	OPENBLAS_NUM_THREADS=1 $(NEWEST)/bin/python -m pytest --quiet --numprocesses auto --dist worksteal

constraints: constraints.txt-anew benchmarks/constraints.txt-anew ## Pin the newest versions that fit pyproject.toml

constraints.txt-anew: EXTRAS := test,dev,docs
benchmarks/constraints.txt-anew: EXTRAS := bench
%.txt-anew:
	@rm -rf build/constraints
	@$(PYTHON) -m venv build/constraints
	@build/constraints/bin/python -m pip $(QUIET) install -e '.[$(EXTRAS)]'
	@build/constraints/bin/python -m pip --disable-pip-version-check freeze --exclude-editable \
		| grep -E '^[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+$$' > $*.txt
	@rm -rf build/constraints

clean: ## Remove the environment, results, builds and caches
	rm -rf $(VENV) $(BENCH) $(LOWEST) $(NEWEST) results build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +
