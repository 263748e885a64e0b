# `make run` serves the app, `make test` runs everything there is to check; both make what they need, once.

VENV ?= .venv
PORT ?= 8501
PY := $(VENV)/bin/python

# The first Python on this machine that is new enough.
FIND_PYTHON = for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	if $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done
PYTHON ?= $(shell $(FIND_PYTHON))

# A stamp carries the fingerprint of what was installed, so that a change of requirements is noticed, and only that.
RUN_STAMP := $(VENV)/.run-$(shell cat requirements.txt | cksum | cut -d' ' -f1)
DEV_STAMP := $(VENV)/.dev-$(shell cat requirements.txt requirements-cluster.txt requirements-dev.txt | cksum | cut -d' ' -f1)

BENCH := $(VENV)-bench
BENCH_STAMP := $(BENCH)/.bench-$(shell cat requirements*.txt | cksum | cut -d' ' -f1)

CLUSTER_STAMP := $(VENV)/.cluster-$(shell cat requirements.txt requirements-cluster.txt | cksum | cut -d' ' -f1)

.PHONY: run test check format bench faults load cluster browser clean
.DEFAULT_GOAL := run

run: $(RUN_STAMP)
	-@$(PY) -m kdviz warm
	@echo "kdviz is served at http://127.0.0.1:$(PORT) (Ctrl-C ends it)."
	@$(PY) -m streamlit run app.py --server.port=$(PORT)

test: $(DEV_STAMP) browser
	@failed=0; \
	$(MAKE) --no-print-directory check || failed=1; \
	OMP_NUM_THREADS=1 $(PY) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder $(ARGS) || failed=1; \
	exit $$failed

check: $(DEV_STAMP)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m pytest -q tests/test_floors.py

format: $(DEV_STAMP)
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

# Beside the peers that kdviz is measured against, in an environment of their own.
bench: $(BENCH_STAMP)
	@for file in benchmarks/[a-z]*.py; do name=$$(basename "$$file" .py); case $$name in faults|load) continue;; esac; echo "== $$name"; $(BENCH)/bin/python -m "benchmarks.$$name" || exit 1; done

# Kills, full disks and lack of memory; then 25 visitors with and without a trainer beside them. Each prints its figures.
faults: $(DEV_STAMP)
	$(PY) -m benchmarks.faults $(ARGS)

load: $(DEV_STAMP)
	$(PY) -m benchmarks.load $(ARGS)

# A scheduler and two workers on loopback, until Ctrl-C (docs/cluster.md).
cluster: $(CLUSTER_STAMP)
	@$(PY) -m kdviz cluster $(ARGS)

# Debian's Chromium where we may install it, Playwright's own elsewhere. A test says what to type where neither worked.
browser: $(DEV_STAMP)
	@$(PY) -m tests.browser.chromium >/dev/null 2>&1 || { \
	if [ "$$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; \
	then apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends chromium fonts-dejavu-core; \
	elif [ "$$(id -u)" = 0 ]; then $(PY) -m playwright install --with-deps chromium; \
	else $(PY) -m playwright install chromium; fi; } || true

clean:
	rm -rf $(VENV) $(BENCH) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@[ -n "$(PYTHON)" ] || { echo "kdviz needs Python 3.11 or newer with its venv module (on Debian: apt install python3 python3-venv); none was found."; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version); the first time this takes some minutes."
	$(PYTHON) -m venv --clear $(VENV)

$(RUN_STAMP): | $(PY)
	$(PY) -m pip install -q --disable-pip-version-check -r requirements.txt
	@rm -f $(VENV)/.run-* && touch $@

$(CLUSTER_STAMP): $(RUN_STAMP)
	$(PY) -m pip install -q --disable-pip-version-check -r requirements-cluster.txt
	@rm -f $(VENV)/.cluster-* && touch $@

$(DEV_STAMP): $(RUN_STAMP)
	$(PY) -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@rm -f $(VENV)/.dev-* && touch $@

# A benchmark may use what tests use: the same environment once more, browser included, and then the peers.
$(BENCH_STAMP):
	@$(MAKE) --no-print-directory VENV=$(BENCH) browser
	$(BENCH)/bin/python -m pip install -q --disable-pip-version-check -r requirements-bench.txt
	@rm -f $(BENCH)/.bench-* && touch $@
