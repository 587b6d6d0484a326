# Every target does its own set-up: Python 3.11 or newer, make and the package registry are all it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := domain store projections replay seeds
INSTALLED := $(VENV)/installed
SPARK := .venv-spark
# Tests run side by side, one on each core; each process has a PostgreSQL server of its own, so they are few.
BESIDE := --numprocesses logical --maxprocesses 4 --dist worksteal

COVERED := reciprocity.domain

.PHONY: demo test thorough campaign everywhere coverage lock spark lint format schema messages bench bench-full clean

demo: $(INSTALLED)  ## record the founding agreement into a fresh store, and replay it from there
	@rm -f build/demo.db build/demo.db-wal build/demo.db-shm
	$(BIN)/reciprocity record ua-ru-2025-05-16 --store build/demo.db
	$(BIN)/reciprocity replay build/demo.db

test: $(INSTALLED)  ## all tests
	$(BIN)/python -m pytest $(BESIDE)

thorough: $(INSTALLED)  ## all tests, each property with twenty times as many examples; it takes an hour
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest $(BESIDE)

campaign: $(INSTALLED)  ## everything that may befall a store, some 20 minutes of it; ARGS=--write puts the scorecard into docs/reliability.md
	$(BIN)/python -m tests.reliability $(ARGS)

everywhere: $(INSTALLED)  ## the same bytes under -O, five hash seeds, four zones, three locales; all tests under -O
	$(BIN)/python -m tests.everywhere --all
	PYTHONHASHSEED=5 TZ=XXX-14 LC_ALL=C $(BIN)/python -O -m pytest -W "ignore:assertions not in test modules:pytest.PytestConfigWarning"

coverage: $(INSTALLED)  ## every branch of $(COVERED) is run by the tests
	$(BIN)/python -m coverage run --branch --source=$(COVERED) -m pytest -q tests/domain domain tests/test_state_machine.py tests/seeds tests/store/test_register.py
	$(BIN)/python -m coverage report --show-missing --fail-under=100

lock: $(INSTALLED)  ## write requirements/dev.txt anew: what development needs, each file by its hash
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-config --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o requirements/dev.txt

spark: $(SPARK)/installed  ## the questions asked of Apache Spark, on local[2]; it takes some minutes
	$(SPARK)/bin/python -m pytest tests/spark

lint: $(INSTALLED)  ## style, types, and which room may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(addprefix -p reciprocity.,$(ROOMS))
	$(BIN)/mypy tests benchmarks
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(INSTALLED)  ## write docs/journal.schema.json anew
	$(BIN)/python -m reciprocity.replay.journal_shape > docs/journal.schema.json

messages: $(INSTALLED)  ## bring the catalogues of translations up to what the code says, and compile them
	$(BIN)/python -m tests.catalogues

bench: $(INSTALLED)  ## measure 200,000 events, see docs/performance.md; ARGS=--write puts the table there
	$(BIN)/python -m benchmarks $(ARGS)

bench-full: $(INSTALLED)  ## the same with 2 million and 10 million events
	$(BIN)/python -m benchmarks --full $(ARGS)

# A strict editable install links file by file, so a room that gains or loses a file is installed anew.
$(INSTALLED): pyproject.toml $(ROOMS) projections/bulk replay/charts seeds/broken replay/locale
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[dev]" --config-settings editable_mode=strict
	@touch $@

# Spark is a third of a gigabyte, so it has an environment of its own.
$(SPARK)/installed: pyproject.toml $(ROOMS) projections/bulk replay/charts seeds/broken
	@test -d $(SPARK) || $(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/pip install --quiet --disable-pip-version-check --editable ".[dev,spark]" --config-settings editable_mode=strict
	@touch $@

clean:
	rm -rf $(VENV) $(SPARK) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
