# make demo   trains two small models while logging attention, then opens TensorBoard
# make test   checks and tests everything; installs what it needs
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
LOGDIR ?= logs/demo
PORT ?= 6006
SOURCES := $(shell find frontend/src -type f) frontend/package-lock.json frontend/vite.config.ts

.PHONY: demo test check pytest vitest gen build screenshots

demo: $(VENV)/installed
	$(BIN)/tb-attention demo --logdir $(LOGDIR) --port $(PORT)

test: check vitest pytest

check: $(VENV)/dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python frontend/npm.py run --silent check

vitest: $(VENV)/dev
	$(BIN)/python frontend/npm.py run --silent test

pytest: $(VENV)/dev
	sh tests/chromium.sh
	$(BIN)/python -m pytest

# Compiles proto/attention.proto.
gen: $(VENV)/dev
	$(BIN)/python tb_attention/schema/generate.py

build: $(VENV)/dev
	$(BIN)/python -m build

# The README's pictures, from the demo's logs.
screenshots: $(VENV)/dev
	$(BIN)/python docs/screenshots.py --logdir $(LOGDIR)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# Editable, and again whenever the frontend has changed: the build hook makes the bundle.
$(VENV)/installed: $(BIN)/python pyproject.toml constraints.txt hatch_build.py $(SOURCES)
	@echo "Installing tb-attention with torch and transformers into $(VENV), and building its frontend (minutes, the first time)"
	$(PIP) -e '.[torch]'
	@touch $@

$(VENV)/dev: $(VENV)/installed
	$(PIP) -e '.[torch,dev]'
	@touch $@
