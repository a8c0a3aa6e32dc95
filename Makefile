# `make app`, `make demo` and `make test` need nothing but Python 3.11 or newer and a package index.

VENV ?= .venv
BIN := $(VENV)/bin
CAN_MAKE_VENV := -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if $$p $(CAN_MAKE_VENV) 2>/dev/null; then echo $$p; break; fi; done)

# Whole files go to one of two to four processes, so that what a file prepares is prepared once.
PYTEST_ARGS ?= -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations 15

.PHONY: app calibrate demo docs test check clean fuzz mutations nightly soak lock sbom

app: $(VENV)/.installed
	$(BIN)/gait app

demo: $(VENV)/.installed
	$(BIN)/gait demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# So many damaged files of every kind, and other ones with another SEED (docs/reliability.md).
MUTANTS ?= 500
SEED ?= 1
fuzz: $(VENV)/.installed-dev
	GAIT_FUZZ=$(MUTANTS) $(BIN)/python -m pytest -q -s tests/robustness/test_fuzz.py \
		--hypothesis-seed=$(SEED)

# Faults put in on purpose, each of which a unit test has to notice (CONTRIBUTING.md).
mutations: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/mutations.py

# What takes too long to ask of every change; its figures are in docs/reliability.md. DETECTOR is a
# network that sees faces, FACES are videos of people (benchmarks/faces.py says where from).
nightly: fuzz mutations soak
	$(BIN)/python -m pytest --nightly -m nightly
	$(BIN)/python benchmarks/speed.py sample_videos/side_normal.mp4
	$(if $(DETECTOR),$(BIN)/python benchmarks/faces.py --detector $(DETECTOR) $(FACES))

# An hour of work with the page, and kills; a full disk needs to mount one.
soak: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/soak.py page --videos 100
	$(BIN)/python benchmarks/soak.py kills --kills 20
	unshare --map-root-user --mount $(BIN)/python benchmarks/disk_full.py --steps 20

check: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Everything that rests on truth, fitted anew; prints what moved. DATA is a folder as
# docs/validation-format.md describes it, with people on force plates.
calibrate: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/error_model.py --data $(DATA)
	$(BIN)/python benchmarks/baseline.py
	PYTHONPATH=tests $(BIN)/python benchmarks/trunk_rule.py --data $(DATA) --write docs/accuracy.md
	$(BIN)/gait validate --data $(DATA)/forceplate --write docs/accuracy.md

# uv solves for every system and Python at once, where pip only sees this one.
lock: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet uv
	head -2 constraints.txt > constraints.new
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --no-header --upgrade \
		--extra dev --extra dask --extra c3d --extra rtmpose pyproject.toml >> constraints.new
	mv constraints.new constraints.txt

# What is inside, for whoever has to know: packages, models, licences, what needs what.
sbom: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/bill_of_materials.py build/gaitlens.cdx.json

# The pages as a site in build/docs, without a network.
docs: $(VENV)/.installed-dev
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs

clean:
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/.installed: pyproject.toml
	@$(if $(PYTHON),,$(error Python 3.11 or newer with venv is needed: make PYTHON=/path/to/python))
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/gait doctor --install
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@
