# Everything a newcomer needs is here: `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data
TESTS ?= tests
UV_VERSION := 0.13.9
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# A stamp per content of the lock files: installed once, and again when they change.
lock_stamp = $(VENV)/stamps/$(1)-$(shell cat requirements/build.lock requirements/$(1).lock | cksum | tr ' ' -)
RUN := $(call lock_stamp,run)
DEV := $(call lock_stamp,dev)
BENCH := $(call lock_stamp,bench)
BROWSER := $(VENV)/stamps/browser

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Run

.PHONY: setup run train evaluate bench image
setup: $(RUN) ## Make the environment in .venv, nothing else

run: $(RUN) ## Run everything on this machine, with a demo site
	@exec $(BIN)/moderation up --demo

train: $(BENCH) ## Fit the models on DATA (default ../shared/data)
	@test -d "$(DATA)" || { echo "No training data at $(DATA): give its folder with 'make train DATA=…'." \
	  "The shipped models in classifiers/models work without it." >&2; exit 2; }
	$(BIN)/python -m classifiers train --data "$(DATA)"

evaluate: $(BENCH) ## Measure the models on DATA, and write docs/model-card.md anew
	$(BIN)/python -m classifiers evaluate --data "$(DATA)" --report docs/model-card.md

bench: $(BENCH) ## Measure speed, beside peers on the same machine
	$(BIN)/python -m benchmarks

image: ## Build the container image moderation:latest
	@builder=$$(command -v docker || command -v podman || command -v buildah) \
	  || { echo "No docker, podman or buildah here: install one of them." >&2; exit 2; }; \
	"$$builder" build -t moderation:latest .

##@ Check

.PHONY: test check lint types imports docs screenshots
test: $(DEV) $(BROWSER) ## Run the tests: real stores, real processes, a real browser
	$(BIN)/pytest -n 2 --dist worksteal $(TESTS)

check: lint types imports docs ## Run every check that is not a test of behaviour

lint: $(DEV) ## Style and likely bugs
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(DEV) ## Types, strictly
	$(BIN)/mypy

imports: $(DEV) ## Who may import whom
	$(BIN)/lint-imports

docs: $(DEV) ## Every setting, code and command is documented
	$(BIN)/pytest -q tests/test_docs.py

screenshots: $(DEV) $(BROWSER) ## Take the pictures in docs/screenshots anew
	$(BIN)/python -m tests.screenshots

##@ Keep

.PHONY: lock clean
lock: ## Pin what requirements/*.in ask for; UPGRADE=--upgrade takes newer versions
	@$(call need_python); \
	test -x .cache/lock/bin/uv || { "$$PYTHON" -m venv .cache/lock && .cache/lock/bin/pip install -q uv==$(UV_VERSION); }
	cd requirements && for name in build run dev bench; do \
	  ../.cache/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes $(UPGRADE) \
	    --no-header --no-annotate --no-emit-index-url $$name.in -o $$name.lock; done

clean: ## Remove the environment and caches; the data folder stays
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info

# The newest Python that will do, in PYTHON; a clear line where there is none.
define need_python
PYTHON=; for name in $${PYTHON3:-} python3 python3.14 python3.13 python3.12 python3.11 python; do \
  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then PYTHON=$$name; break; fi; done; \
  test -n "$$PYTHON" || { echo "Python 3.11 or newer is needed, and none is on the PATH ($$(python3 --version 2>&1 || true))." \
    "Install one, or name it: make run PYTHON3=/path/to/python3" >&2; exit 2; }
endef

$(BIN)/python:
	@$(call need_python); \
	"$$PYTHON" -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$$PYTHON has no venv module: install it (Debian, Ubuntu: apt install python3-venv)." >&2; exit 2; }; \
	"$$PYTHON" -m venv $(VENV)

# Only wheels, only what the lock file names, each checked against its hash.
$(RUN) $(DEV) $(BENCH): $(VENV)/stamps/%: | $(BIN)/python
	@name=$*; echo "Installing what $${name%%-*}.lock names …"; \
	$(BIN)/pip install -q --require-hashes -r requirements/build.lock; \
	$(BIN)/pip install -q --require-hashes -r requirements/$${name%%-*}.lock; \
	$(BIN)/pip install -q --no-deps --no-build-isolation --no-index -e .
	@mkdir -p $(@D); touch $@

# Chromium without its windows, a third of the work: Debian's, or Playwright's own. A
# whole one will do. Playwright's driver needs a library that a bare Debian does not have.
APT := DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends
$(BROWSER): | $(DEV)
	@may_install=; if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then may_install=1; fi; \
	if ! $(BIN)/playwright --version >/dev/null 2>&1; then \
	  test -n "$$may_install" || { echo "The tests need libatomic: install the package libatomic1 of your system." >&2; exit 2; }; \
	  apt-get update -qq; $(APT) libatomic1 >/dev/null; fi; \
	debian() { test -n "$$may_install" && { apt-get update -qq; $(APT) "$$1"; } >/dev/null 2>&1; }; \
	if command -v chromium-headless-shell || debian chromium-headless-shell || command -v chromium; then :; \
	elif timeout 180 $(BIN)/playwright install chromium >/dev/null 2>&1 \
	  && { [ -z "$$may_install" ] || timeout 300 $(BIN)/playwright install-deps chromium >/dev/null 2>&1; }; then echo "Chromium: Playwright's own"; \
	elif debian chromium; then echo "Chromium: Debian's"; \
	else echo "The tests need Chromium: install the package chromium-headless-shell or chromium of your system." >&2; exit 2; fi
	@mkdir -p $(@D); touch $@
