# Every target does its own set-up: Python 3.11 or newer, make and the package registry are all it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := domain store projections replay seeds
INSTALLED := $(VENV)/installed

.PHONY: demo test lint format schema clean

demo: $(INSTALLED)  ## record the founding agreement into a fresh store, and replay it from there
	@rm -f build/demo.db build/demo.db-wal build/demo.db-shm
	$(BIN)/reciprocity record ua-ru-2025-05-16 --store build/demo.db
	$(BIN)/reciprocity replay build/demo.db

test: $(INSTALLED)  ## all tests
	$(BIN)/python -m pytest

lint: $(INSTALLED)  ## style, types, and which room may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(addprefix -p reciprocity.,$(ROOMS))
	$(BIN)/mypy tests
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(INSTALLED)  ## write docs/journal.schema.json anew
	$(BIN)/python -m reciprocity.replay.journal_shape > docs/journal.schema.json

# A strict editable install links file by file, so a room that gains or loses a file is installed anew.
$(INSTALLED): pyproject.toml $(ROOMS) seeds/broken
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[dev]" --config-settings editable_mode=strict
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
