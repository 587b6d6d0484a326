# Every target does its own set-up: Python 3.11 or newer, make and the package registry are all it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := domain store projections replay seeds testing
LOCKED := $(VENV)/locked
INSTALLED := $(VENV)/installed
SPARK := .venv-spark
# Tests run side by side, one on each core; each process has a PostgreSQL server of its own, so they are few.
BESIDE := --numprocesses logical --maxprocesses 4 --dist worksteal

# The domain, and all by which a record is verified.
COVERED := domain/*.py store/inspection.py store/merkle.py store/seals.py replay/findings.py replay/keys.py \
  replay/leaf_lists.py replay/proving.py replay/sealing.py replay/verify_alone.py replay/verifying.py \
  replay/walking.py
COVERING := tests/domain domain tests/seeds tests/store/test_merkle.py tests/store/test_tampering.py \
  tests/replay/test_cli_sealing.py tests/replay/test_sealed_files.py tests/replay/test_verify_alone.py \
  tests/replay/test_verifying.py

LOCKING := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade \
  --no-config --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet

.PHONY: demo test thorough campaign mutants everywhere coverage audit sbom lock spark lint format docs drawings man schema messages bench \
  bench-full clean

demo: $(INSTALLED)  ## record the founding agreement into a fresh store, and replay it from there
	@rm -f build/demo.db build/demo.db-wal build/demo.db-shm
	$(BIN)/reciprocity record ua-ru-2025-05-16 --store build/demo.db
	$(BIN)/reciprocity replay build/demo.db

test: $(INSTALLED)  ## all tests
	$(BIN)/python -m pytest $(BESIDE)

thorough: $(INSTALLED)  ## all tests, each property with twenty times as many examples; it takes an hour
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest $(BESIDE)

campaign: $(INSTALLED)  ## everything that may befall a store, the better part of an hour; ARGS=--write puts the scorecard into docs/reliability.md
	$(BIN)/python -m tests.reliability $(ARGS)

mutants: $(INSTALLED)  ## change the code and see whether the tests notice, hours of it; ARGS="domain/*.py --sample 50 --write", see docs/mutants.md
	$(BIN)/python -m tests.mutation $(ARGS)

everywhere: $(INSTALLED)  ## the same bytes under -O, five hash seeds, four zones, three locales; all tests under -O
	$(BIN)/python -m tests.everywhere --all
	PYTHONHASHSEED=5 TZ=XXX-14 LC_ALL=C $(BIN)/python -O -m pytest $(BESIDE) -W "ignore:assertions not in test modules:pytest.PytestConfigWarning"

coverage: $(INSTALLED)  ## every branch of the domain and of the verifier is run by the tests
	HYPOTHESIS_PROFILE=quick $(BIN)/python -m coverage run --branch --include="$$(echo $(COVERED) | tr ' ' ,)" \
	  -m pytest -q --hypothesis-seed=0 $(COVERING)
	$(BIN)/python -m coverage report --show-missing --skip-covered --fail-under=100

audit: $(LOCKED)  ## known vulnerabilities of what is locked; where none can be looked up, it says so
	$(BIN)/python -m tests.audit

sbom: $(LOCKED)  ## write build/sbom.json: what reciprocity installs with its extras, in CycloneDX
	$(BIN)/python -m tests.materials

lock: $(LOCKED)  ## write requirements/ anew, each file by its hash: what development needs, and Spark beside it
	$(LOCKING) --extra dev -o requirements/dev.txt
	$(LOCKING) --extra spark --constraints requirements/dev.txt -o requirements/spark.txt

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

docs: $(INSTALLED)  ## the documentation as a site in build/site; a warning is an error
	$(BIN)/python -m sphinx --fresh-env --fail-on-warning --keep-going --quiet -c docs/site docs build/site

drawings: $(INSTALLED)  ## write the life cycles and the tables of docs/rules.md anew
	$(BIN)/python -m tests.drawings

man: $(INSTALLED)  ## the manual page: man -M build/man reciprocity
	@mkdir -p build/man/man1
	$(BIN)/python -m reciprocity.replay.man_page > build/man/man1/reciprocity.1

schema: $(INSTALLED)  ## write docs/journal.schema.json anew
	$(BIN)/python -m reciprocity.replay.journal_shape > docs/journal.schema.json

messages: $(INSTALLED)  ## bring the catalogues of translations up to what the code says, and compile them
	$(BIN)/python -m tests.catalogues

bench: $(INSTALLED)  ## measure 200,000 events, see docs/performance.md; ARGS=--write puts the table there
	$(BIN)/python -m benchmarks $(ARGS)

bench-full: $(INSTALLED)  ## the same with 2 million and 10 million events
	$(BIN)/python -m benchmarks --full $(ARGS)

# What development needs, each file by its hash.
$(LOCKED): requirements/dev.txt
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# A strict editable install links file by file, so a room that gains or loses a file is installed anew.
# It looks nowhere for what the lock did not bring. Twice quiet: setuptools warns that it is strict.
$(INSTALLED): $(LOCKED) pyproject.toml $(ROOMS) projections/bulk replay/charts replay/report seeds/broken replay/locale
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --no-index --no-build-isolation \
	  --editable ".[dev]" --config-settings editable_mode=strict \
	  || { echo "requirements/dev.txt has not all that pyproject.toml names: make lock" >&2; exit 1; }
	@touch $@

# Spark is half a gigabyte, so it has an environment of its own, and a lock that adds to the other. It comes as
# sources: what builds it is what the other lock brought.
$(SPARK)/installed: requirements/dev.txt requirements/spark.txt pyproject.toml $(ROOMS) projections/bulk replay/charts \
  replay/report seeds/broken
	@test -d $(SPARK) || $(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(SPARK)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation \
	  -r requirements/spark.txt
	@$(SPARK)/bin/pip install --quiet --quiet --disable-pip-version-check --no-index --no-build-isolation \
	  --editable ".[dev,spark]" --config-settings editable_mode=strict
	@touch $@

clean:
	rm -rf $(VENV) $(SPARK) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
