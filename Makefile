# Two targets matter: `make demo` opens the running console on simulated providers, `make test` checks everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

unexport PYTHONDONTWRITEBYTECODE  # each process that a test starts would compile everything anew

.PHONY: demo test coverage lint types layers pytest bench detect pictures clean

demo: $(VENV)/.installed
	@$(BIN)/token-console demo $(ARGS)

test: lint layers
	@$(MAKE) --no-print-directory --jobs types pytest

pytest: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto

coverage: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

layers: $(VENV)/.installed-dev
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m benchmark tests/benchmarks -s --timeout 900

detect: $(VENV)/.installed-dev
	$(BIN)/python -m tests.detection $(ARGS)

pictures: $(VENV)/.installed-dev
	$(BIN)/python docs/pictures.py 120x36

clean:
	rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Token Console needs Python 3.11 or newer; call make with PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing Token Console into $(VENV) (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[aws,google]'
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing Token Console and its checks into $(VENV) (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -e '.[dev]'  # a tenth is imported
	@touch $@ $(VENV)/.installed
