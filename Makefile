# The two commands of the README: `make run`, `make test`. Everything else serves them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# The demonstration has a folder of its own: it is cleared at every run, and a real output never is.
OUTPUT := $(CURDIR)/output
export DAGSTER_HOME ?= $(CURDIR)/.dagster_home
export GX_ANALYTICS_ENABLED = false

# What the tests need from Debian: a browser and Chinese fonts for the pages, a database
# server for registers that lie in one, LibreOffice for workbooks that come back from it.
DEBIAN := chromium fonts-noto-cjk libreoffice-calc postgresql

# What `make bench` runs, each by its defaults.
BENCHMARKS := benchmarks.linkage.run benchmarks.intake.run benchmarks.policy.run benchmarks.workbooks.run benchmarks.splink.compare benchmarks.febrl.run

.PHONY: run test bench ui setup system lint format sample lock clean

run: setup  ## Set up, reconcile the sample registers, say where the results are
	@rm -rf $(OUTPUT)
	@$(BIN)/shuangqing reconcile --registers sample_registers --batch 2018-08-15 --output $(OUTPUT)

test: setup system lint  ## Set up, check and pass all tests
	$(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadscope --no-loadscope-reorder

bench: setup benchmarks/.venv/.installed  ## Measure speed and accuracy (minutes; the figures on record: benchmarks/README.md)
	@for benchmark in $(BENCHMARKS); do echo "== $$benchmark"; $(BIN)/python -m $$benchmark || exit 1; done

ui: setup $(DAGSTER_HOME)/dagster.yaml  ## The Dagster UI on http://127.0.0.1:3000
	$(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p 3000

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Splink and the febrl data want packages of their own; nothing of them is needed to run or test this project.
benchmarks/.venv/.installed: benchmarks/requirements-splink.lock
	$(PYTHON) -m venv benchmarks/.venv
	benchmarks/.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(DAGSTER_HOME)/dagster.yaml: dagster.yaml
	@mkdir -p $(DAGSTER_HOME)
	@cp $< $@

system:  ## Install what the tests need from Debian (as root), or name what is missing
	@missing=$$(for package in $(DEBIAN); do dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || printf '%s ' $$package; done); \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	  else echo "Missing Debian packages: $$missing -- run 'sudo make system'." >&2; exit 1; fi; \
	fi

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

sample: setup  ## Remake the committed sample registers
	$(BIN)/shuangqing sample --output sample_registers

lock:  ## Pin the dependencies again (hashes, no registry address)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --no-strip-extras --all-extras pyproject.toml -o requirements.lock

clean:
	rm -rf $(OUTPUT) $(DAGSTER_HOME) $(VENV)
