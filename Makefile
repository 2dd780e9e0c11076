# Two commands: `make run` shows the fall of OpenAI on the embedded book and writes the report, `make test` runs the tests.
# Both make .venv when it is missing or older than pyproject.toml.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CARD ?= openai

.PHONY: run test lint words wheel clean

run: $(VENV)/.run
	@$(BIN)/cardhouse pull $(CARD)
	@$(BIN)/cardhouse report --output report.html
	@echo "The report is in report.html. Start the web app with: $(BIN)/cardhouse serve"

test: $(VENV)/.test
	@$(BIN)/python -m pytest -q -n auto $(TESTS)

lint: $(VENV)/.lint
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks docs/*.py
	$(BIN)/mypy

words: $(VENV)/.test
	$(BIN)/python docs/make_words.py

wheel: $(VENV)/.lint
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("cardhouse needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; say: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[runs,report,web]'
	@touch $@

$(VENV)/.test: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/.lint: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	@touch $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
