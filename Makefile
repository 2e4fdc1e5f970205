# Every target sets up what it needs: a virtual environment in .venv with the
# versions in constraints.txt. PYTHON=... selects the interpreter.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	>/dev/null 2>&1 && { echo "$$python"; break; }; done)
BIN := .venv/bin
INSTALLED := .venv/.installed
NOTEBOOK := .venv/.notebook
# A test file stays in one process, so its fixtures are built only once. The order is
# that of tests/conftest.py, which starts with the longest files.
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo notebooks test lint format schemas clean

demo: $(INSTALLED)
	$(BIN)/python -m seqkit.demo

# Opens the notebooks in a browser; notebooks/course is where to begin.
notebooks: $(NOTEBOOK)
	$(BIN)/jupyter lab notebooks

test: $(INSTALLED)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What editors check cards by; after a change of options.
schemas: $(INSTALLED)
	for recipe in recipes/*/; do \
		$(BIN)/python -m seqkit.cli schema $$(basename $$recipe) > $$recipe/schema.json || exit 1; \
	done

clean:
	rm -rf .venv .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { \
		echo "seqkit needs Python 3.11, 3.12 or 3.13 with the venv module, and found none;" >&2; \
		echo "install one (Debian: apt install python3 python3-venv) or name it: make PYTHON=/path/to/python3.12" >&2; \
		exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv
	@echo "Installing into .venv ($$($(BIN)/python --version)); the first time takes a few minutes."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

$(NOTEBOOK): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[notebook]'
	@touch $@
