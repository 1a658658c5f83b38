# Each target works alone on a fresh machine with Python 3.11 or newer: it makes .venv, installs from the lock
# file with plain pip and goes. A stamp in .venv makes the second call quick.

.DEFAULT_GOAL := help
.PHONY: help run demo test lint format bench soak lock clean
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
HERE := $(CURDIR)
# Which tests stay together in one process is said in tests/sharing.py.
WORKERS ?= 2
TESTS ?= tests

# A moved or copied checkout, or a Python that is gone, makes the old environment useless: start afresh.
ifneq ($(wildcard $(VENV)/stamp-*),)
ifneq ($(shell cat $(VENV)/made-in 2>/dev/null; $(BIN)/python -c "pass" 2>&1),$(HERE))
$(shell rm -rf $(VENV))
endif
endif

help: ## show what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(VENV)/stamp-run ## start the service (prints the address of the web chat; Ctrl-C stops it)
	@exec $(BIN)/tiepdan run

# A folder of its own: what is set for the real service (.env, the environment) does not count here.
DEMO := $(HERE)/var-demo
DEMO_ENV := env -u TIEPDAN_DATABASE_URL -u TIEPDAN_SECRET_KEY_FILE -u TIEPDAN_AGENCY_FILE -u TIEPDAN_TELEGRAM_TOKEN TIEPDAN_DATA_DIR=$(DEMO)

demo: $(VENV)/stamp-run ## start a service that already has a living year in it (in var-demo)
	@mkdir -p $(DEMO) && cd $(DEMO) && if [ ! -f simulated ]; then \
	  rm -rf tiepdan.db* keys.json files spool; echo "A year is played, once (a minute) ..."; \
	  $(DEMO_ENV) $(HERE)/$(BIN)/tiepdan simulate --petitions 300 --seed 1 && touch simulated || exit 1; \
	fi; \
	echo "Citizens: open the web chat that is named below, tell something, or look at a code from /inbox."; \
	echo "Officers: in another terminal"; \
	echo "  TIEPDAN_DATA_DIR=var-demo $(BIN)/tiepdan officer invite --unit thanh_tra --role head --name Demo"; \
	echo "then open the page in a private window and type the line it prints; /inbox shows the year's cases."; \
	exec $(DEMO_ENV) $(HERE)/$(BIN)/tiepdan run

test: $(VENV)/stamp-dev ## check style, types and floors, then run every test
	@began=$$(date +%s); $(MAKE) --no-print-directory lint || exit 1; linted=$$(date +%s); \
	rc=0; $(BIN)/python -m pytest -m "not soak" -n $(WORKERS) $(TESTS) || rc=$$?; \
	done=$$(date +%s); \
	echo "lint $$((linted - began)) s, tests $$((done - linted)) s, together $$((done - began)) s"; exit $$rc

lint: $(VENV)/stamp-dev ## check style, floors and types only
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --cache-dir .import_linter_cache
	@$(BIN)/mypy

format: $(VENV)/stamp-dev ## lay out the code
	@$(BIN)/ruff format .

bench: $(VENV)/stamp-dev ## measure the service beside a plain bot, the search for similar petitions and officers' search (an hour)
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks similar
	@$(BIN)/python -m benchmarks hotspots
	@$(BIN)/python -m benchmarks search

soak: $(VENV)/stamp-dev ## run the full-size tests: every sample petition, the long kill test (an hour)
	@$(BIN)/python -m pytest -m soak -n 0 -s $(TESTS)

lock: ## choose the versions anew (needs uv)
	@for file in requirements-run requirements; do \
	  test $$file = requirements && extra="--extra dev" || extra=""; \
	  echo "setuptools>=77" | uv pip compile --universal --generate-hashes --no-header --quiet --upgrade \
	    --python-version 3.11 $$extra pyproject.toml - --output-file $$file.lock || exit 1; \
	done

clean: ## remove the environment and caches (never data)
	@rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/stamp-run: requirements-run.lock pyproject.toml
	@$(MAKE) --no-print-directory install-requirements-run
	@touch $@

$(VENV)/stamp-dev: requirements.lock pyproject.toml
	@$(MAKE) --no-print-directory install-requirements
	@touch $@ $(VENV)/stamp-run

# The lock holds a hash for every file; setuptools is one of them, so nothing is fetched to install ourselves.
.PHONY: install-requirements install-requirements-run
install-requirements install-requirements-run: install-%: $(VENV)/made-in
	@echo "installing $*.lock into $(VENV) (once)"
	@$(PIP) install --quiet --require-hashes -r $*.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .

# An environment that works is kept (its scripts must be for this folder), any other is made anew.
$(VENV)/made-in:
	@if $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	    && head -1 $(BIN)/pip | grep -qF "$(HERE)/$(VENV)/"; then echo "$(HERE)" > $@; exit 0; fi; \
	found=""; \
	for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Python 3.11 or newer was not found. Install it, or say where it is: make PYTHON=/path/to/python3.12" >&2; \
	  exit 1; \
	fi; \
	echo "making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv --clear $(VENV) || { \
	  echo "This Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; \
	  rm -rf $(VENV); exit 1; \
	}; \
	echo "$(HERE)" > $@
