# `make app`, `make demo` and `make test` need nothing but Python 3.11 or newer and a package index.

VENV ?= .venv
BIN := $(VENV)/bin
CAN_MAKE_VENV := -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if $$p $(CAN_MAKE_VENV) 2>/dev/null; then echo $$p; break; fi; done)

# Whole files go to one of two to four processes, so that what a file prepares is prepared once.
PYTEST_ARGS ?= -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations 15

.PHONY: app calibrate demo docs test check clean

app: $(VENV)/.installed
	$(BIN)/gait app

demo: $(VENV)/.installed
	$(BIN)/gait demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Everything that rests on truth, fitted anew; prints what moved. DATA is a folder as
# docs/validation-format.md describes it, with people on force plates.
calibrate: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/error_model.py
	$(BIN)/python benchmarks/baseline.py
	PYTHONPATH=tests $(BIN)/python benchmarks/trunk_rule.py --data $(DATA) --write docs/accuracy.md
	PYTHONPATH=tests $(BIN)/python benchmarks/people.py --data $(DATA) --write docs/accuracy.md

docs: $(VENV)/.installed-dev
	$(BIN)/python docs/build_reference.py build/docs

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
